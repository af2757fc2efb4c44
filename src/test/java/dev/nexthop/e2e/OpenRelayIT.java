package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With its default nobody relays through the server, by none of the tricks that ever worked anywhere. */
class OpenRelayIT {
    /** RFC 5321 §3.6.1, §3.6.2, appendix C; RFC 1123 §5.2.16. */
    private static final List<String> TRICKS = List.of(
            "<victim@elsewhere.example>",
            "<victim%elsewhere.example@example.org>",
            "<victim%elsewhere.example@[127.0.0.1]>",
            "<victim%elsewhere.example>",
            "<\"victim@elsewhere.example\">",
            "<\"victim%elsewhere.example\"@example.org>",
            "<\"victim@elsewhere.example\"@example.org>",
            "<\"victim@elsewhere.example\"@[127.0.0.1]>",
            "<victim@elsewhere.example@example.org>",
            "<victim@elsewhere.example@[127.0.0.1]>",
            "<@example.org:victim@elsewhere.example>",
            "<@[127.0.0.1]:victim@elsewhere.example>",
            "<@example.org,@other.example:victim@elsewhere.example>",
            "<elsewhere.example!victim>",
            "<elsewhere.example!victim@example.org>",
            "<elsewhere.example!victim@[127.0.0.1]>",
            "<victim@example.org.elsewhere.example>",
            "<victim@elsewhere.example.>",
            "<victim@[192.0.2.1]>",
            "<victim@localhost>",
            "<victim@EXAMPLE.ORG@elsewhere.example>",
            "<jane@example.org\u0000@elsewhere.example>",
            "victim@elsewhere.example",
            "<victim @elsewhere.example>");

    private static final List<String> SENDERS =
            List.of("jane@example.org", "", "victim@elsewhere.example", "postmaster@[127.0.0.1]");

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void noTrickGetsMailForOthersAccepted() throws Exception {
        NexthopProcess server = scenario.closing(
                NexthopProcess.start(ServerFile.in(scenario.home()).part("relay", "")));
        List<String> accepted = new ArrayList<>();
        for (String sender : SENDERS) {
            for (String trick : TRICKS) {
                try (SmtpClient client = server.client()) {
                    client.say("MAIL FROM:<" + sender + ">");
                    SmtpClient.Reply reply = client.say("RCPT TO:" + trick);
                    if (reply.code() < 500) {
                        accepted.add(sender + " -> " + trick + ": " + reply);
                    }
                }
            }
        }
        assertThat(accepted).isEmpty();
        assertThat(server.queue()).isEmpty();
    }

    @Test
    void ownRecipientsAndLoggedInUsersAreServed() throws Exception {
        ServerFile file = ServerFile.in(scenario.home()).part("relay", """
                        [session.rcpt]
                        relay = [ { if = "!is_empty(authenticated_as)", then = true }, { else = false } ]
                        """).part("auth", """
                        [session.auth]
                        mechanisms = ["plain", "login"]
                        allow-plain-text = true
                        """);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        try (SmtpClient client = server.client()) {
            client.say("MAIL FROM:<x@elsewhere.example>");
            assertThat(client.say("RCPT TO:<jane@example.org>").code()).isEqualTo(250);
            assertThat(client.say("RCPT TO:<JANE@Example.ORG>").code()).isEqualTo(250);
            assertThat(client.say("RCPT TO:<postmaster@example.org>").code()).isEqualTo(250);
            assertThat(client.say("RCPT TO:<nobody@example.org>").code()).isEqualTo(550);
            assertThat(client.say("RCPT TO:<a@elsewhere.example>").code()).isEqualTo(550);
        }
        try (SmtpClient client = server.client()) {
            assertThat(client.login("jane", "wrong").code()).isEqualTo(535);
            assertThat(client.login("jane", "jane-secret").code()).isEqualTo(235);
            client.say("MAIL FROM:<jane@example.org>");
            assertThat(client.say("RCPT TO:<a@elsewhere.example>").code()).isEqualTo(250);
        }
    }
}
