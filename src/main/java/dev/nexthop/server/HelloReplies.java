package dev.nexthop.server;

import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import dev.nexthop.smtp.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The greeting of a listener and its answers to HELO, EHLO and LHLO, made once. */
final class HelloReplies {
    private final PreparedReply greeting;
    private final PreparedReply plain;
    private final List<PreparedReply> extended;

    HelloReplies(ServerSettings settings, ListenerSettings listener, Dialect dialect) {
        String protocol = dialect == Dialect.LMTP ? "LMTP " : "ESMTP ";
        greeting = Replies.greeting(settings.hostname(), protocol + settings.greeting());
        plain = PreparedReply.of(Reply.plain(250, settings.hostname()));
        List<PreparedReply> four = new ArrayList<>();
        for (boolean startTls : new boolean[] {false, true}) {
            for (boolean auth : new boolean[] {false, true}) {
                four.add(PreparedReply.of(
                        new Reply(250, Optional.empty(), lines(settings, listener.extensions(), startTls, auth))));
            }
        }
        extended = List.copyOf(four);
    }

    PreparedReply greeting() {
        return greeting;
    }

    /** For HELO: no extension may be used (RFC 5321 §4.1.1.1). */
    PreparedReply plain() {
        return plain;
    }

    PreparedReply extended(boolean startTls, boolean auth) {
        return extended.get((startTls ? 2 : 0) + (auth ? 1 : 0));
    }

    private static List<String> lines(ServerSettings settings, Extensions extensions, boolean startTls, boolean auth) {
        List<String> lines = new ArrayList<>();
        lines.add(settings.hostname());
        if (extensions.pipelining()) {
            lines.add("PIPELINING");
        }
        lines.add("SIZE " + settings.limits().messageSize());
        lines.add("8BITMIME");
        lines.add("SMTPUTF8");
        lines.add("ENHANCEDSTATUSCODES");
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
}
