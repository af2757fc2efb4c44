package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** One domain at two servers, as the page of recipes prints it: who is known here stays, all others go to a Postfix. */
@Tag("postfix")
class SplitDomainIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern RECIPE =
            Pattern.compile("(?s)## One domain split over two servers\n.*?```toml\n(.*?)```");

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void knownUsersAreLocalAndTheOthersAtTheOldServer() throws Exception {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", Ports.free());
        PostfixPeer old = scenario.closing(PostfixPeer.start(
                scenario.folder("old"),
                Network.ours(),
                address,
                new PostfixPeer.Setup()
                        .with(
                                "smtpd_recipient_restrictions",
                                "check_recipient_access inline:{gone@example.org=REJECT}")));
        Matcher page = RECIPE.matcher(Files.readString(Path.of("docs/routing.md")));
        assertThat(page.find()).isTrue();
        String recipe = page.group(1)
                .replace("old.example.org", "127.0.0.1")
                .replace("port = 25\n", "port = " + address.getPort() + "\n");
        NexthopProcess server = scenario.closing(NexthopProcess.start(
                ServerFile.in(scenario.home()).routing(recipe).part("relay", "")));
        byte[] message = Mail.difficult("split");
        // Both kinds of people in one envelope, and one whom neither server knows.
        server.take("bill@example.org", List.of("jane@example.org", "old@example.org", "gone@example.org"), message);

        Await.until("Postfix has its part", LIMIT, () -> old.delivered().size() == 1);
        assertThat(old.recipients()).containsExactly("old@example.org");
        Mail.assertSameBehindTrace(old.delivered().getFirst(), Mail.bareLines(message));
        JsonNode jane = mailbox(server, "jane");
        Mail.assertSameBehindTrace(shown(server, "jane", jane), message);
        // The bounce of the third goes to one whom we know.
        assertThat(new String(shown(server, "bill", mailbox(server, "bill")), StandardCharsets.UTF_8))
                .contains("gone@example.org", "Action: failed")
                .doesNotContain("Final-Recipient: rfc822; old@example.org");
        server.drained(LIMIT);
        assertThat(old.delivered()).hasSize(1);
    }

    private static JsonNode mailbox(NexthopProcess server, String user) throws Exception {
        server.arrived(user, 1, LIMIT);
        JsonNode box = server.json("mailbox", "list", user);
        assertThat(box).hasSize(1);
        return box;
    }

    private static byte[] shown(NexthopProcess server, String user, JsonNode box) throws Exception {
        return server.cli("mailbox", "show", user, box.get(0).path("id").asString())
                .orFail()
                .output();
    }
}
