package dev.nexthop;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.nexthop.config.LogFormat;
import java.net.URL;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** The server's log: which layout, and that its last lines are written before the process ends. */
final class Logging {
    private Logging() {}

    /** Replaces the sparse log of commands by the server's. */
    static void start(LogFormat format) {
        LoggerContext context = context();
        String name = switch (format) {
            case TEXT -> "/logback-text.xml";
            case JSON -> "/logback-json.xml";
        };
        URL layout = Objects.requireNonNull(Logging.class.getResource(name), name);
        context.reset();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(layout);
        } catch (JoranException e) {
            throw new IllegalStateException("the log layout " + name + " of this program is broken", e);
        }
    }

    /** Writes what waits and ends the log. */
    static void stop() {
        context().stop();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
