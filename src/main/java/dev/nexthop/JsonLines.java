package dev.nexthop;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;

/** The server's log for programs: what happened to mail is a JSON object already, everything else becomes one. */
public final class JsonLines extends JsonEncoder {
    /** Loggers whose messages are objects. */
    private static final String OBJECTS = "nexthop.";

    /** Made by logback from its configuration. */
    public JsonLines() {}

    @Override
    public byte[] encode(ILoggingEvent event) {
        if (event.getLoggerName().startsWith(OBJECTS)) {
            return (event.getFormattedMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        }
        return super.encode(event);
    }
}
