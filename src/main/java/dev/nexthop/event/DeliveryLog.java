package dev.nexthop.event;

import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Outcome;
import dev.nexthop.smtp.Reply;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happened to the logger {@code nexthop.delivery}: exactly one line for each call, whatever bytes a peer sent.
 * The readable form is {@code key=value} pairs; a value that holds anything but plain visible characters stands in double
 * quotes with backslash escapes, and an empty one is {@code -}. The JSON form is one object a line.
 */
public final class DeliveryLog implements Events {
    /** The name of the logger. */
    public static final String LOGGER = "nexthop.delivery";

    /** How lines look, {@code log.format}. */
    public enum Format {
        /** {@code key=value} pairs. */
        TEXT,
        /** One JSON object a line. */
        JSON
    }

    private final Logger logger;
    private final Format format;
    private final InstantSource clock;

    /** The rest of the newest line about a delivery: those who shared a transaction have one in common. */
    private volatile @Nullable Rest newest;

    /**
     * What a line says behind the recipient, the hop and the queue.
     *
     * @param of the event that it was written for
     * @param text the pairs
     */
    private record Rest(DeliveryEvent of, String text) {
        boolean fits(DeliveryEvent event) {
            return of.delays().equals(event.delays())
                    && of.outcome().equals(event.outcome())
                    && of.tls().equals(event.tls())
                    && of.cipher().equals(event.cipher());
        }
    }

    /**
     * A log.
     *
     * @param format how lines look
     * @param clock gives the {@code time} of JSON lines; readable lines leave the time to the logger
     */
    public DeliveryLog(Format format, InstantSource clock) {
        this(LoggerFactory.getLogger(LOGGER), format, clock);
    }

    DeliveryLog(Logger logger, Format format, InstantSource clock) {
        this.logger = logger;
        this.format = format;
        this.clock = clock;
    }

    @Override
    public void delivery(DeliveryEvent event) {
        if (!logger.isInfoEnabled()) {
            return;
        }
        LogLine line = line("delivery")
                .add("id", event.id().toString())
                .add("rcpt", event.recipient())
                .add("hop", event.hop());
        if (!event.queue().isEmpty()) {
            line.add("queue", event.queue());
        }
        logger.info(line.part(rest(event)).end());
    }

    private String rest(DeliveryEvent event) {
        Rest rest = newest;
        if (rest == null || !rest.fits(event)) {
            rest = new Rest(event, written(event));
            newest = rest;
        }
        return rest.text();
    }

    private String written(DeliveryEvent event) {
        Diagnosis diagnosis = event.outcome().diagnosis();
        Optional<Reply> reply = diagnosis.reply();
        DeliveryEvent.Delays delays = event.delays();
        return LogLine.part(format == Format.JSON)
                .add("host", diagnosis.host())
                .add("ip", diagnosis.ip())
                .add("tls", event.tls())
                .add("cipher", event.cipher())
                .add("status", word(event.outcome()))
                .number("code", reply.isPresent() ? reply.get().code() : -1)
                .add("enhanced", diagnosis.status().toString())
                .delays(delays.queue(), delays.connect(), delays.send())
                .text("text", words(diagnosis))
                .toString();
    }

    /** Nothing is logged: the line of each delivery says how secure its connection was, and why not. */
    @Override
    public void tls(TlsEvent event) {}

    @Override
    public void accepted(AcceptedEvent event) {
        if (!logger.isInfoEnabled()) {
            return;
        }
        logger.info(line("accepted")
                .add("id", event.id().toString())
                .add("from", event.sender())
                .number("rcpts", event.recipients())
                .number("size", event.size())
                .add("listener", event.listener())
                .add("ip", event.remoteIp())
                .end());
    }

    @Override
    public void alarm(String subject, String text) {
        logger.warn(line("alarm").add("subject", subject).text("text", text).end());
    }

    @Override
    public void relief(String subject, String text) {
        if (logger.isInfoEnabled()) {
            logger.info(
                    line("relief").add("subject", subject).text("text", text).end());
        }
    }

    private LogLine line(String event) {
        return format == Format.JSON ? LogLine.json(clock.instant(), event) : LogLine.text(event);
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered ignored -> "delivered";
            case Outcome.Deferred ignored -> "deferred";
            case Outcome.Failed ignored -> "failed";
        };
    }

    /** Our sentence, and the remote's words where it has any that the sentence doesn't tell. */
    private static String words(Diagnosis diagnosis) {
        if (diagnosis.reply().isEmpty()) {
            return diagnosis.reason();
        }
        String reply = diagnosis.reply().get().text();
        if (diagnosis.reason().isEmpty() || reply.equals(diagnosis.reason())) {
            return reply;
        }
        return diagnosis.reason().contains(reply) ? diagnosis.reason() : diagnosis.reason() + ": " + reply;
    }
}
