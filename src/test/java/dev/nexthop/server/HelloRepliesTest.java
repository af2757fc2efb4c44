package dev.nexthop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.PreparedReply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said to strangers is made once. */
final class HelloRepliesTest {
    private static HelloReplies replies() {
        ListenerSettings listener = new ListenerSettings(
                "test",
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Protocol.SMTP,
                Optional.empty(),
                Extensions.DEFAULT);
        ServerSettings settings = new ServerSettings(
                "mx.example.org",
                ServerSettings.DEFAULT_GREETING,
                new Domain("example.org"),
                List.of(listener),
                SessionLimits.DEFAULT,
                Timeouts.DEFAULT,
                ConnectionLimits.DEFAULT);
        return new HelloReplies(settings, listener, Dialect.SMTP);
    }

    private static PreparedReply extended(HelloReplies replies, boolean auth, Offers offers) {
        return replies.extended(false, auth, offers, TestServer.NOW);
    }

    @Test
    void withAndWithoutTls() {
        HelloReplies replies = replies();
        Offers strangers = new Offers(false, true, Optional.empty(), Optional.empty(), Optional.empty());
        for (boolean auth : new boolean[] {false, true}) {
            for (boolean tls : new boolean[] {false, true}) {
                PreparedReply reply = extended(replies, auth, strangers.over(tls));
                assertThat(extended(replies, auth, strangers.over(tls))).isSameAs(reply);
                assertThat(reply.reply().lines().contains("REQUIRETLS")).isEqualTo(tls);
                assertThat(reply.reply().lines().contains("AUTH PLAIN LOGIN")).isEqualTo(auth);
            }
        }
        Offers users = new Offers(false, true, Optional.empty(), Optional.of(Duration.ofDays(1)), Optional.empty());
        assertThat(extended(replies, true, users).reply().lines()).contains("REQUIRETLS", "DELIVERBY");
    }
}
