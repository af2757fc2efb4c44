package dev.nexthop.server;

import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import dev.nexthop.smtp.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The greeting of a listener and its answers to HELO, EHLO and LHLO. Those to strangers are made once: by default such a
 * client may ask for nothing but REQUIRETLS, and that only under TLS.
 */
final class HelloReplies {
    /** RFC 9422: six digits. */
    private static final int MOST_LIMIT = 999_999;

    private final ServerSettings settings;
    private final Extensions extensions;
    private final PreparedReply greeting;
    private final PreparedReply plain;
    private final List<PreparedReply> extended;
    private final List<PreparedReply> extendedUnderTls;

    HelloReplies(ServerSettings settings, ListenerSettings listener, Dialect dialect) {
        this.settings = settings;
        this.extensions = listener.extensions();
        String protocol = dialect == Dialect.LMTP ? "LMTP " : "ESMTP ";
        greeting = Replies.greeting(settings.hostname(), protocol + settings.greeting());
        plain = PreparedReply.of(Reply.plain(250, settings.hostname()));
        extended = four(List.of());
        extendedUnderTls = four(List.of("REQUIRETLS"));
    }

    private List<PreparedReply> four(List<String> offers) {
        List<PreparedReply> four = new ArrayList<>();
        for (boolean startTls : new boolean[] {false, true}) {
            for (boolean auth : new boolean[] {false, true}) {
                four.add(made(startTls, auth, offers));
            }
        }
        return List.copyOf(four);
    }

    PreparedReply greeting() {
        return greeting;
    }

    /** For HELO: no extension may be used (RFC 5321 §4.1.1.1). */
    PreparedReply plain() {
        return plain;
    }

    /** For EHLO and LHLO to a client with these offers. */
    PreparedReply extended(boolean startTls, boolean auth, Offers offers, Instant now) {
        int which = (startTls ? 2 : 0) + (auth ? 1 : 0);
        if (offers.equals(Offers.NOTHING)) {
            return extended.get(which);
        }
        return offers.equals(Offers.REQUIRE_TLS)
                ? extendedUnderTls.get(which)
                : made(startTls, auth, lines(offers, now));
    }

    private static List<String> lines(Offers offers, Instant now) {
        List<String> lines = new ArrayList<>();
        if (offers.dsn()) {
            lines.add("DSN");
        }
        if (offers.requireTls()) {
            lines.add("REQUIRETLS");
        }
        offers.priorities().ifPresent(policy -> lines.add("MT-PRIORITY " + policy));
        if (offers.deliverBy().isPresent()) {
            lines.add("DELIVERBY"); // RFC 2852 §2: no number, no least time
        }
        offers.futureRelease().map(Duration::toSeconds).ifPresent(most -> {
            Instant last = now.plusSeconds(most).truncatedTo(ChronoUnit.SECONDS);
            lines.add("FUTURERELEASE " + most + " " + last);
        });
        return lines;
    }

    private PreparedReply made(boolean startTls, boolean auth, List<String> offers) {
        return PreparedReply.of(new Reply(250, Optional.empty(), lines(startTls, auth, offers)));
    }

    private List<String> lines(boolean startTls, boolean auth, List<String> offers) {
        List<String> lines = new ArrayList<>();
        lines.add(settings.hostname());
        if (extensions.pipelining()) {
            lines.add("PIPELINING");
        }
        lines.add("SIZE " + settings.limits().messageSize());
        lines.add("8BITMIME");
        lines.add("SMTPUTF8");
        lines.add("ENHANCEDSTATUSCODES");
        lines.add(limits());
        lines.addAll(offers);
        if (startTls) {
            lines.add("STARTTLS");
        }
        if (auth) {
            lines.add(extensions.mechanisms().stream().map(Enum::name).collect(Collectors.joining(" ", "AUTH ", "")));
        }
        if (extensions.vrfy()) {
            lines.add("VRFY");
        }
        if (extensions.expn()) {
            lines.add("EXPN");
        }
        lines.add("HELP");
        return lines;
    }

    /** RFC 9422. */
    private String limits() {
        return "LIMITS MAILMAX=" + Math.min(settings.limits().messages(), MOST_LIMIT) + " RCPTMAX="
                + Math.min(settings.limits().recipients(), MOST_LIMIT);
    }
}
