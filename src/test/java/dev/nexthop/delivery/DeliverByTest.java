package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Requests;
import dev.nexthop.route.NextHop;
import dev.nexthop.smtp.Dialect;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the next host hears of the time by which a message is to be delivered (RFC 2852). */
class DeliverByTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    /**
     * RFC 2852 §4: what is left of the sender's time when MAIL is sent. The job was routed at 0 s; columns: when the attempt
     * begins and when its transaction does, the sender's time and mode, what the host hears or how it ends.
     */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 90, NOTIFY, BY=90;N",
        "60, 60, 90, NOTIFY, BY=30;N",
        "0, 60, 90, NOTIFY, BY=30;N",
        "0, 60, 90, RETURN, BY=30;R",
        // Over before the attempt began: we have told.
        "120, 120, 90, NOTIFY, BY=-30;N",
        "90, 90, 90, NOTIFY, BY=0;N",
        // It ended while we were on our way, and nobody has told.
        "80, 90, 90, NOTIFY, BY=1;N",
        "80, 120, 90, NOTIFY, BY=1;N",
        "89.7, 89.7, 90, NOTIFY, BY=1;N",
        "0, 90, 90, RETURN, failed 5.4.7",
        "120, 120, 90, RETURN, failed 5.4.7",
    })
    void theNextHostHearsWhatIsLeftOfTheTime(double begins, double sends, long by, Requests.Mode mode, String heard)
            throws Exception {
        Instant routed = scene.now;
        scene.now = routed.plusMillis(Math.round(begins * 1_000));
        String[] extensions = {"extensions=PIPELINING,8BITMIME,DELIVERBY"};
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, extensions)) {
            Deque<Instant> times = new ArrayDeque<>(List.of(scene.now, routed.plusMillis(Math.round(sends * 1_000))));
            scene.clock = () -> times.size() > 1 ? times.pop() : times.peek();
            Requests requests = new Requests(
                    Optional.empty(),
                    "",
                    List.of(),
                    false,
                    Optional.of(new Requests.DeliverBy(routed.plusSeconds(by), mode, false)),
                    Optional.empty());
            NextHop hop = new NextHop.Relay(List.of(Scene.remote("hop", "127.0.0.1", server.port(), Dialect.SMTP)));
            Job job = Scene.asking(requests, Scene.job(hop, "a@x.example"));
            assertThat(job.recipients().getFirst().now()).isEqualTo(routed);
            List<String> all = new ArrayList<>(Scene.words(scene.delivery().attempt(job)));
            all.addAll(server.commands());
            assertThat(all).anyMatch(line -> line.equals(heard) || line.endsWith(" " + heard));
        }
    }

    /** RFC 2852 §4.1.4: whoever asked to hear when it is late hears that nobody will tell him. */
    @ParameterizedTest
    @CsvSource({
        "SMTP, NOTIFY, DELIVERBY,     RELAYED",
        "SMTP, NOTIFY, DELIVERBY DSN, CHAINED",
        "SMTP, NOTIFY, DSN,           UNTIMED",
        "SMTP, NOTIFY, 8BITMIME,      UNTIMED",
        "SMTP, RETURN, DELIVERBY,     RELAYED",
        "SMTP, RETURN, DELIVERBY DSN, CHAINED",
        "SMTP, '',     8BITMIME,      RELAYED",
        "SMTP, '',     DSN,           CHAINED",
        "LMTP, NOTIFY, 8BITMIME,      FINAL",
        "LMTP, NOTIFY, DSN,           CHAINED",
    })
    void whoGoesOnWithTheTime(Dialect dialect, String mode, String offered, Handover handover) throws Exception {
        FaultServer.Way way = dialect == Dialect.SMTP ? FaultServer.Way.SMTP : FaultServer.Way.LMTP;
        String[] extensions = {"extensions=PIPELINING," + offered.replace(' ', ',')};
        try (FaultServer server = FaultServer.start(way, extensions)) {
            Optional<Requests.DeliverBy> by = Optional.of(mode)
                    .filter(word -> !word.isEmpty())
                    .map(word -> new Requests.DeliverBy(scene.now.plusSeconds(90), Requests.Mode.valueOf(word), false));
            Requests requests = new Requests(Optional.empty(), "", List.of(), false, by, Optional.empty());
            NextHop hop = new NextHop.Relay(List.of(Scene.remote("hop", "127.0.0.1", server.port(), dialect)));
            Attempt attempt = scene.delivery().attempt(Scene.asking(requests, Scene.job(hop, "a@x.example")));
            assertThat(attempt.outcomes())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Outcome.Delivered.class,
                            taken -> assertThat(taken.handover()).isEqualTo(handover));
        }
    }
}
