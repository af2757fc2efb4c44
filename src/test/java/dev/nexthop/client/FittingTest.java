package dev.nexthop.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Requests;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsVerdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a message needs of a server, by where the server is and what it does with the message. */
class FittingTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final TlsDemand CLEAR =
            new TlsDemand(false, StartTls.DISABLE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());

    private static Requests requests(String what) {
        Requests.DeliverBy by =
                new Requests.DeliverBy(NOW.plusSeconds(what.equals("late") ? -1 : 90), Requests.Mode.RETURN, false);
        boolean tls = what.equals("tls");
        return new Requests(
                Optional.empty(), "", List.of(), tls, tls ? Optional.empty() : Optional.of(by), Optional.empty());
    }

    private static TlsVerdict verdict(String word) {
        return switch (word) {
            case "none" -> new TlsVerdict.Clear();
            case "unverified" -> new TlsVerdict.Unverified("TLSv1.3", "c", "self-signed");
            case "verified" -> new TlsVerdict.Verified("TLSv1.3", "c", "CN=h.example");
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static SocketAddress address(String text) {
        return text.startsWith("/")
                ? UnixDomainSocketAddress.of(text)
                : new InetSocketAddress(InetAddress.ofLiteral(text), 24);
    }

    /** Columns: what is asked, where the server is, how it is reached, what it offers, and what then is wrong. */
    @ParameterizedTest
    @CsvSource({
        // RFC 8689: an LMTP server is the end of the way
        "tls, LMTP, /run/lmtp, none,       -,          fits",
        "tls, LMTP, 127.0.0.1, none,       -,          fits",
        "tls, LMTP, ::1,       unverified, -,          fits",
        "tls, LMTP, 192.0.2.1, none,       -,          5.7.10",
        "tls, LMTP, 192.0.2.1, unverified, REQUIRETLS, 5.7.10",
        "tls, LMTP, 192.0.2.1, verified,   -,          fits",
        "tls, SMTP, 127.0.0.1, none,       REQUIRETLS, 5.7.10",
        "tls, SMTP, 127.0.0.1, verified,   -,          5.7.30",
        "tls, SMTP, 192.0.2.1, unverified, REQUIRETLS, 5.7.10",
        "tls, SMTP, 192.0.2.1, verified,   -,          5.7.30",
        "tls, SMTP, 192.0.2.1, verified,   REQUIRETLS, fits",
        // RFC 2852: and so the end of the time
        "by,   LMTP, 192.0.2.1, none,      -,          fits",
        "by,   SMTP, 192.0.2.1, none,      -,          5.3.3",
        "by,   SMTP, 192.0.2.1, none,      DELIVERBY,  fits",
        "late, LMTP, 192.0.2.1, none,      -,          5.4.7",
    })
    void whatIsInsistedOn(String asked, Dialect dialect, String where, String tls, String offer, String expected) {
        Target target = new Target(
                "hop", "h.example", address(where), Optional.empty(), dialect, CLEAR, Optional.empty(), "us");
        Capabilities offered = Capabilities.of(new Reply(250, Optional.empty(), List.of("us", offer)));
        Transfer transfer = new Transfer(
                ReversePath.of("from@example.org"),
                List.of(Mailbox.parse("a@x.example")),
                MessageBody.of("a\r\n".getBytes(StandardCharsets.US_ASCII)),
                false,
                new Extras(requests(asked), 0, false, SevenBit.Policy.UNLESS_SIGNED, NOW));
        Fitting fitting = Fitting.of(target, offered, verdict(tls), transfer);
        String found = fitting.unable().isEmpty()
                ? "fits"
                : ((Response.Unable) fitting.why()).status().toString();
        assertThat(found).isEqualTo(expected);
    }
}
