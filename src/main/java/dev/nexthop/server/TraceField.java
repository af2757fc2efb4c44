package dev.nexthop.server;

import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.MailDate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes the Received field (RFC 5321 §4.4). The words behind "with" are those of RFC 3848 and RFC 6531 §4.3, "tls" is
 * that of RFC 8314 §4.3, "priority" that of RFC 6710 §4.1: the priority that the message has here. The user's name is not written: it is nobody's business down the road.
 *
 * @param hostname our name
 * @param dialect what the client speaks
 * @param extended whether it sent EHLO instead of HELO
 * @param cipher the cipher suite; empty in clear
 */
record TraceField(String hostname, Dialect dialect, boolean extended, Optional<String> cipher) {
    byte[] write(Peer peer, Reception reception, Transaction transaction, QueueId id, Instant now) {
        StringBuilder field = new StringBuilder(256)
                .append("Received: from ")
                .append(transaction.smtpUtf8() ? reception.helo() : ascii(reception.helo()))
                .append(" (")
                .append(peer.literal())
                .append(")\r\n\tby ")
                .append(hostname)
                .append(" (Nexthop) with ")
                .append(with(!reception.authenticatedAs().isEmpty(), transaction.smtpUtf8()))
                .append(" id ")
                .append(id);
        if (transaction.recipients().size() == 1) {
            // RFC 5321 §4.4, §7.2: with more than one, it would tell each about the others.
            field.append("\r\n\tfor <")
                    .append(transaction.recipients().iterator().next())
                    .append('>');
        }
        if (reception.priority() != 0) {
            field.append("\r\n\tpriority ").append(reception.priority());
        }
        cipher.ifPresent(suite -> field.append("\r\n\ttls ").append(suite));
        field.append(";\r\n\t").append(MailDate.of(now)).append("\r\n");
        return field.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String with(boolean authenticated, boolean utf8) {
        boolean secure = cipher.isPresent();
        String base = switch (dialect) {
            case LMTP -> "LMTP";
            // Without EHLO there is neither TLS nor AUTH, unless TLS began with the connection.
            case SMTP -> utf8 ? "SMTP" : extended || secure || authenticated ? "ESMTP" : "SMTP";
        };
        return (utf8 ? "UTF8" : "") + base + (secure ? "S" : "") + (authenticated ? "A" : "");
    }

    private static String ascii(String name) {
        return Ascii.only(name) ? name : name.replaceAll("[^\\x00-\\x7F]", "?");
    }
}
