package dev.nexthop;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The server's log for people: time (UTC, milliseconds), level, the class that speaks or {@code mail} for what happened to
 * mail, and what it says. There are two lines for each message, which a general pattern makes more dearly.
 */
public final class TextLines extends EncoderBase<ILoggingEvent> {
    /** Loggers that tell what happened to mail. */
    private static final String MAIL = "nexthop.";

    private volatile Second last = new Second(Long.MIN_VALUE, "");

    /** Made by logback from its configuration. */
    public TextLines() {}

    /** A second since 1970, and its text without an end. */
    private record Second(long number, String text) {}

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        StringBuilder line = new StringBuilder(message.length() + 64);
        time(line, event.getTimeStamp());
        String level = event.getLevel().toString();
        line.append(level).repeat(' ', 6 - level.length());
        String name = event.getLoggerName();
        line.append(name.startsWith(MAIL) ? "mail" : name.substring(name.lastIndexOf('.') + 1));
        line.append(' ').append(message).append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(ThrowableProxyUtil.asString(thrown));
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void time(StringBuilder line, long millis) {
        long number = Math.floorDiv(millis, 1_000L);
        Second second = last;
        if (second.number != number) {
            String text = Instant.ofEpochSecond(number).toString();
            second = new Second(number, text.substring(0, text.length() - 1));
            last = second;
        }
        int rest = Math.floorMod(millis, 1_000);
        line.append(second.text).append(rest < 10 ? ".00" : rest < 100 ? ".0" : ".");
        line.append(rest).append("Z ");
    }
}
