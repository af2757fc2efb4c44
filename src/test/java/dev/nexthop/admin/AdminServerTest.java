package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.e2e.Ports;
import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.RuleStep;
import dev.nexthop.mail.Step;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.queue.LastAttempt;
import dev.nexthop.queue.QueuedMessage;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.schedule.QueueFilter;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP API over real connections, with a queue made for the test. */
class AdminServerTest {
    private static final String TOKEN = "t0ken-of-this-installation";
    static final QueueId ID = new QueueId(123_456_789L);

    private static final RuleStep STEP = new RuleStep(
            1,
            RuleStep.State.FIRED,
            "rcpt_domain = 'a.b'",
            "'relay'",
            "nexthop.toml:1:2",
            Map.of("rcpt_domain", "a.b"),
            List.of(),
            List.of(),
            "");

    private final RecordingQueue queue = new RecordingQueue();
    private final Reloads reloads = new Reloads();
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final HttpClient http = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws Exception {
        AdminSettings settings = new AdminSettings(
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Optional.of(new AdminSettings.User("admin", "s3cret")),
                TOKEN);
        server = AdminServer.start(
                settings,
                new AdminServer.Subjects(
                        queue, new OneDomain(), Optional.of(new OneLargeMessage()), ready::get, reloads));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/healthz, 200",
        "/readyz, 200",
        "/, 401",
        "/api/queue/messages, 401",
        "/api/queue/messages/x, 401",
        "/nothing, 401"
    })
    void withoutCredentialsOnlyHealthIsTold(String path, int status) throws Exception {
        assertThat(call("GET", path, "").statusCode()).isEqualTo(status);
    }

    @Test
    void theMtaStsPolicyIsNobodysSecretAndFollowsAReload() throws Exception {
        assertThat(policy()).startsWith("HTTP/1.1 404 ");
        List<InetSocketAddress> addresses = List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.prepare(new AdminSettings(addresses, Optional.empty(), TOKEN, Optional.of("version: STSv1\r\n")))
                .commit();
        assertThat(policy()).startsWith("HTTP/1.1 200 ").contains("text/plain").endsWith("\r\n\r\nversion: STSv1\r\n");
    }

    /** The client of the JDK does not let us choose the name that we call the server. */
    private String policy() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.ports().getFirst())) {
            socket.getOutputStream()
                    .write(
                            "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer wrong", "Bearer", "Basic !!!", "Basic YWRtaW4=", "Basic YWRtaW46d3Jvbmc=", "Digest x"})
    void wrongCredentialsAreRefused(String authorization) throws Exception {
        assertThat(call("GET", "/api/queue/messages", authorization).statusCode())
                .isEqualTo(401);
    }

    @Test
    void administratorAndTokenAreBothAccepted() throws Exception {
        String basic = "Basic " + Base64.getEncoder().encodeToString("admin:s3cret".getBytes(StandardCharsets.UTF_8));
        assertThat(call("GET", "/api/queue/messages", basic).statusCode()).isEqualTo(200);
        assertThat(call("GET", "/api/queue/messages", "Bearer " + TOKEN).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aMessageHasTheShapeThatScriptsRelyOn() throws Exception {
        HttpResponse<String> list = call("GET", "/api/queue/messages", "Bearer " + TOKEN);
        assertThat(list.body()).isEqualTo("""
                        [{"id":"%s","sender":"a@example.org","created":"2026-11-22T10:00:00Z","size":5,"recipients":[\
                        {"address":"b@example.net","status":"deferred","hop":"relay","due":"2026-11-22T10:02:00Z",\
                        "attempts":1,"expires":"2026-11-27T10:00:00Z","last":{"at":"2026-11-22T10:00:01Z","code":451,\
                        "enhanced":"4.3.0","text":"later","reason":"the server asks to try later",\
                        "host":"relay.example.org","ip":"192.0.2.1","error":"unexpected-reply","step":"rcpt"}}]}]""".formatted(ID));
        HttpResponse<String> show = call("GET", "/api/queue/messages/" + ID, "Bearer " + TOKEN);
        assertThat(show.body())
                .contains("\"decision\":{\"kind\":\"relay\",\"hop\":\"relay\",\"reason\":\"rule 1 chose the relay\"}")
                .contains("\"rules\":[{\"index\":1,\"state\":\"fired\",\"if\":\"rcpt_domain = 'a.b'\",\"value\":true,"
                        + "\"operands\":{\"rcpt_domain\":\"a.b\"},\"captures\":{},\"why\":[],\"then\":\"'relay'\","
                        + "\"at\":\"nexthop.toml:1:2\"}]");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/queue/messages/short, 400",
        "GET, /api/queue/messages/0000000000000, 404",
        "GET, /api/queue/messages?limit=0, 400",
        "GET, /api/queue/messages?limit=x, 400",
        "GET, /api/queue/messages?before=yesterday, 400",
        "GET, /api/unknown, 404",
        "POST, /api/queue/explode, 404",
        "POST, /api/queue, 404",
        "GET, /api/mailboxes/you/nothing, 404",
        "GET, /api/mailboxes/you/1/2, 404",
        "POST, /api/queue/retry?id=bad, 400",
        "POST, /api/queue/cancel, 400",
        "POST, /api/queue/cancel?from=0000000000001, 400",
        "GET, /api/queue/messages?from=x, 400",
        "POST, /api/queue/cancel?domian=example.net, 400",
        "POST, /api/queue/cancel?all=true&domian=example.net, 400",
        "POST, /api/queue/cancel?all=true&domain=example.net, 400",
        "POST, /api/queue/cancel?domain=example.net&limit=1, 400",
        "POST, /api/queue/cancel?all=yes, 400",
        "POST, /api/queue/cancel?all, 400",
        "POST, /api/queue/cancel?domain=example.net&domain=example.com, 400",
        "GET, /api/queue/messages?domian=example.net, 400",
        "GET, /api/queue/messages?all=true, 400",
        "GET, /api/accounts?x=1, 400",
        "GET, /api/mailboxes/you?domain=x, 400",
        "GET, /api/queue/cancel?all=true, 405",
        "PUT, /api/queue/cancel?all=true, 405",
        "DELETE, /api/queue/messages, 405",
        "POST, /api/queue/messages, 405",
        "POST, /api/accounts, 405",
        "POST, /api/mailboxes/you, 405",
        "GET, /api/reload, 405",
        "POST, /api/reload?dry-run=perhaps, 400",
        "POST, /api/reload?dryrun=true, 400",
        "POST, /api/reload/now, 404"
    })
    void whatMakesNoSenseIsSaid(String method, String path, int status) throws Exception {
        HttpResponse<String> response = call(method, path, "Bearer " + TOKEN);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).startsWith("{\"error\":\"");
        assertThat(queue.filters).isEmpty();
        assertThat(reloads.asked).isEmpty();
    }

    @Test
    void aReloadIsAskedForAndItsSummaryTold() throws Exception {
        HttpResponse<String> response = call("POST", "/api/reload", "Bearer " + TOKEN);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"ok\":true,\"summary\":\"reloaded\",\"problems\":[]}");
        assertThat(call("POST", "/api/reload?dry-run=true", "Bearer " + TOKEN).statusCode())
                .isEqualTo(200);
        assertThat(reloads.asked).containsExactly(false, true);
        assertThat(call("POST", "/api/reload", "").statusCode()).isEqualTo(401);
        assertThat(reloads.asked).hasSize(2);
    }

    @Test
    void aRefusedReloadSaysWhyInTheShapeOfCheck() throws Exception {
        reloads.result = new Reloading.Result(
                false,
                "not reloaded: one error",
                List.of(new Reloading.Fault(
                        "error",
                        "NH012",
                        new Reloading.Place("nexthop.toml", 3, 14),
                        "there is no next hop 'lots'",
                        "did you mean 'lot'?",
                        List.of(new Reloading.Related("nexthop.toml:9:1", "it is defined here")))));
        HttpResponse<String> response = call("POST", "/api/reload", "Bearer " + TOKEN);
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.body()).isEqualTo("""
                        {"ok":false,"error":"not reloaded: one error","problems":[{"severity":"error","code":"NH012",\
                        "file":"nexthop.toml","line":3,"column":14,"message":"there is no next hop 'lots'",\
                        "hint":"did you mean 'lot'?","related":[{"at":"nexthop.toml:9:1",\
                        "message":"it is defined here"}]}]}""");
    }

    @Test
    void readinessTellsOfTheLastReload() throws Exception {
        assertThat(call("GET", "/readyz", "").body()).isEqualTo("ready\nconfiguration 7 since today\n");
    }

    @Test
    void otherAddressesAndCredentialsAreTakenWhileRequestsRun() throws Exception {
        int first = server.ports().getFirst();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        InetSocketAddress second = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
        assertThat(server.prepare(new AdminSettings(
                                List.of(any, second), Optional.of(new AdminSettings.User("admin", "n3w")), TOKEN))
                        .commit())
                .isEmpty();
        assertThat(server.ports()).containsExactly(first, second.getPort());
        String basic = "Basic " + Base64.getEncoder().encodeToString("admin:s3cret".getBytes(StandardCharsets.UTF_8));
        String young = "Basic " + Base64.getEncoder().encodeToString("admin:n3w".getBytes(StandardCharsets.UTF_8));
        assertThat(call("GET", "/api/accounts", basic).statusCode()).isEqualTo(401);
        assertThat(call("GET", "/api/accounts", young).statusCode()).isEqualTo(200);
        assertThat(server.prepare(new AdminSettings(List.of(second), Optional.empty(), TOKEN))
                        .commit())
                .isEmpty();
        assertThat(server.ports()).containsExactly(second.getPort());
        assertThat(call("GET", "/api/accounts", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
        assertThat(call("GET", "/api/accounts", young).statusCode()).isEqualTo(401);
    }

    @Test
    void anAddressThatIsTakenChangesNothing() throws Exception {
        int first = server.ports().getFirst();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
            InetSocketAddress busy = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
            assertThatThrownBy(() ->
                            server.prepare(new AdminSettings(List.of(any, free, busy), Optional.empty(), "other")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(":" + taken.getLocalPort());
            try (ServerSocket again = new ServerSocket(free.getPort(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(again.isBound()).isTrue();
            }
        }
        assertThat(server.ports()).containsExactly(first);
        assertThat(call("GET", "/api/accounts", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
    }

    @Test
    void anErrorWhileAddressesAreOpenedClosesThem() throws Exception {
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        assertThatThrownBy(() -> server.prepare(new AdminSettings(List.of(free, nowhere), Optional.empty(), TOKEN)))
                .isInstanceOf(RuntimeException.class);
        try (ServerSocket again = new ServerSocket(free.getPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    /** More listeners than there are threads for: those that can't be served are told and not left open. */
    @Test
    void anAddressThatCannotBeServedIsToldAndClosed() throws Exception {
        List<InetSocketAddress> many = new ArrayList<>();
        many.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        for (int i = 0; i < 12; i++) {
            many.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()));
        }
        List<String> troubles =
                server.prepare(new AdminSettings(many, Optional.empty(), TOKEN)).commit();
        assertThat(troubles).isNotEmpty().allSatisfy(text -> assertThat(text).contains("does not start"));
        assertThat(server.ports()).hasSize(many.size() - troubles.size());
        int last = many.getLast().getPort();
        assertThat(troubles.getLast()).contains(":" + last);
        try (ServerSocket again = new ServerSocket(last, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
        assertThat(call("GET", "/api/accounts", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
    }

    /** Notes what is asked of it. */
    private static final class Reloads implements Reloading {
        final List<Boolean> asked = new ArrayList<>();
        Result result = new Result(true, "reloaded", List.of());

        @Override
        public Result reload(boolean dryRun) {
            asked.add(dryRun);
            return result;
        }

        @Override
        public String state() {
            return "configuration 7 since today";
        }
    }

    @Test
    void aRefusalSaysWhatIsAllowed() throws Exception {
        assertThat(call("POST", "/api/queue/cancel?domian=example.net", "Bearer " + TOKEN)
                        .body())
                .contains("'domian'", "id, sender, rcpt, domain, hop, queue, before, after, all");
        assertThat(call("GET", "/api/queue/cancel", "Bearer " + TOKEN).headers().firstValue("Allow"))
                .contains("POST");
        assertThat(call("PUT", "/api/accounts", "Bearer " + TOKEN).headers().firstValue("Allow"))
                .contains("GET, HEAD");
    }

    /** The rules may have to look something up for each recipient: a plain list must not wait for that. */
    @Test
    void theRulesAreAskedForVirtualQueuesOnlyWhenSomebodyWantsToKnow() throws Exception {
        assertThat(call("GET", "/api/queue/messages", "Bearer " + TOKEN).body()).doesNotContain("bulk");
        assertThat(queue.asked).isEmpty();
        assertThat(call("GET", "/api/queue/messages?queue=bulk", "Bearer " + TOKEN)
                        .body())
                .contains("\"bulk\"");
        assertThat(call("GET", "/api/queue/messages/" + ID, "Bearer " + TOKEN).body())
                .contains("\"bulk\"");
        assertThat(queue.asked).hasSize(2);
    }

    @Test
    void everythingIsMeantOnlyWhenItIsSaid() throws Exception {
        assertThat(call("POST", "/api/queue/hold?all=true", "Bearer " + TOKEN).statusCode())
                .isEqualTo(200);
        assertThat(queue.filters).containsExactly(QueueFilter.ALL);
    }

    @Test
    void aListThatWasCutSaysSo() throws Exception {
        for (String list : List.of("/api/queue/messages", "/api/mailboxes/you")) {
            assertThat(call("GET", list + "?limit=1", "Bearer " + TOKEN)
                            .headers()
                            .firstValue("X-More"))
                    .contains("true");
            HttpResponse<String> whole = call("GET", list + "?limit=2", "Bearer " + TOKEN);
            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.headers().firstValue("X-More")).isEmpty();
            assertThat(call("HEAD", list, "Bearer " + TOKEN).body()).isEmpty();
        }
    }

    @Test
    void aLargeMessageIsNotShownAndItsSizeIs() throws Exception {
        HttpResponse<String> response = call("GET", "/api/mailboxes/you/large", "Bearer " + TOKEN);
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("8388609 octets", "at most 8388608");
        assertThat(call("GET", "/api/mailboxes/you/small", "Bearer " + TOKEN).body())
                .isEqualTo("abc\r\n");
    }

    @Test
    void readyIsWhoTakesMail() throws Exception {
        ready.set(false);
        assertThat(call("GET", "/readyz", "").statusCode()).isEqualTo(503);
        assertThat(call("GET", "/healthz", "").statusCode()).isEqualTo(200);
    }

    @Test
    void anActionReachesTheQueueWithItsFilter() throws Exception {
        HttpResponse<String> response = call(
                "POST", "/api/queue/retry?domain=example.net&sender=a%40example.org&queue=bulk", "Bearer " + TOKEN);
        assertThat(response.body()).isEqualTo("{\"recipients\":7}");
        assertThat(queue.filters).hasSize(1);
        assertThat(queue.filters.getFirst().domain()).contains("example.net");
        assertThat(queue.filters.getFirst().sender()).contains("a@example.org");
        assertThat(queue.filters.getFirst().queue()).contains("bulk");
    }

    @Test
    void aPageOfAnotherSiteDoesNotActWithTheLoginThatABrowserRemembers() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.ports().getFirst() + "/api/queue/cancel?all=true"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + TOKEN)
                .header("Origin", "https://evil.example");
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).startsWith("{\"error\":\"a page of another site may only read here: Origin");
        assertThat(queue.filters).isEmpty();
    }

    private HttpResponse<String> call(String method, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.ports().getFirst() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static QueuedMessage message() {
        Mailbox recipient = new Mailbox("b", new Domain("example.net"));
        Envelope envelope = new Envelope(
                ReversePath.of("a@example.org"), List.of(recipient), BodyType.SEVEN_BIT, false, Reception.INTERNAL);
        Diagnosis diagnosis = new Diagnosis(
                new EnhancedStatus(4, 3, 0),
                ErrorKind.UNEXPECTED_REPLY,
                "the server asks to try later",
                Optional.of(Reply.of(451, new EnhancedStatus(4, 3, 0), "later")),
                "relay.example.org",
                "192.0.2.1",
                Step.RCPT);
        Instant created = Instant.parse("2026-11-22T10:00:00Z");
        RecipientState state = new RecipientState(
                recipient,
                RecipientStatus.DEFERRED,
                1,
                0,
                created.plusSeconds(120),
                Instant.MAX,
                created.plusSeconds(5 * 86_400),
                Optional.of(new LastAttempt(
                        created.plusSeconds(1),
                        "relay",
                        diagnosis,
                        new RouteTrace("relay", "rule 1 chose the relay", List.of(STEP)))));
        return new QueuedMessage(
                ID, created, envelope, MessageBody.of("abc\r\n".getBytes(StandardCharsets.US_ASCII)), List.of(state));
    }

    /** Holds two messages; one has an octet more than is shown. */
    private static final class OneLargeMessage implements Mailboxes {
        @Override
        public void deliver(QueueId id, List<String> accounts, byte[] headers, MessageBody body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<StoredMessage> list(String account, int limit) {
            return List.of(stored("large"), stored("small")).subList(0, Math.min(2, limit));
        }

        private static StoredMessage stored(String id) {
            return new StoredMessage(id, Instant.EPOCH, 5, "", "");
        }

        @Override
        public Optional<MessageBody> read(String account, String id) {
            return switch (id) {
                case "large" -> Optional.of(MessageBody.of(new byte[8 * 1024 * 1024 + 1]));
                case "small" -> Optional.of(MessageBody.of("abc\r\n".getBytes(StandardCharsets.US_ASCII)));
                default -> Optional.empty();
            };
        }

        @Override
        public void close() {}
    }
}
