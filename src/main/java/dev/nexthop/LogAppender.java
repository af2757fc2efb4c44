package dev.nexthop;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the server's log to standard error, many lines at once: a line costs the mail path no write of its own. Lines stand
 * in the order in which they were logged. Warnings and errors are written without delay.
 */
public final class LogAppender extends OutputStreamAppender<ILoggingEvent> {
    private @Nullable GatheredOutput output;

    /** Made by logback from its configuration. */
    public LogAppender() {}

    @Override
    public void start() {
        GatheredOutput gathered = new GatheredOutput(new FileOutputStream(FileDescriptor.err), GatheredOutput.LINGER);
        output = gathered;
        setOutputStream(gathered);
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        super.append(event);
        if (output != null && event.getLevel().isGreaterOrEqual(Level.WARN)) {
            output.hurry();
        }
    }
}
