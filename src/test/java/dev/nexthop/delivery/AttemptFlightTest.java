package dev.nexthop.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.flight.FlightRecord;
import dev.nexthop.mail.QueueId;
import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.CertificateCheck;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsDemand;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What the flight recorder is told of attempts and connections. */
@Isolated // the flight recorder hears the whole process
class AttemptFlightTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    private static NextHop relay(int port) {
        return new NextHop.Relay(List.of(Scene.remote("relay", "127.0.0.1", port, Dialect.SMTP)));
    }

    @Test
    void aDeliveryTellsOfItsConnectionAndTheNextOneHasNone() throws Exception {
        try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP)) {
            Delivery delivery = scene.delivery();
            FlightRecord record = FlightRecord.of(() -> {
                delivery.attempt(Scene.job(relay(server.port()), "a@x.example", "b@y.example"));
                delivery.attempt(Scene.job(relay(server.port()), "c@x.example"));
            });
            RecordedEvent connection = record.only("Connection");
            assertThat(connection.getString("hop")).isEqualTo("relay");
            assertThat(connection.getString("host")).isEqualTo("127.0.0.1");
            assertThat(connection.getString("ip")).isEqualTo("127.0.0.1");
            assertThat(connection.getBoolean("opened")).isTrue();
            assertThat(connection.getString("step")).isEmpty();
            assertThat(connection.getDuration("connecting")).isPositive().isLessThan(connection.getDuration());
            assertThat(connection.getDuration("securing")).isZero();
            RecordedEvent first = record.of("DeliveryAttempt").getFirst();
            assertThat(first.getString("id")).isEqualTo(new QueueId(1).toString());
            assertThat(first.getString("hop")).isEqualTo("relay");
            assertThat(first.getString("domain")).isEqualTo("x.example");
            assertThat(first.getString("host")).isEqualTo("127.0.0.1");
            assertThat(first.getString("outcome")).isEqualTo("delivered");
            assertThat(first.getString("status")).startsWith("2.");
            assertThat(first.getInt("recipients")).isEqualTo(2);
            assertThat(first.getInt("delivered")).isEqualTo(2);
            assertThat(first.getInt("earlier")).isZero();
            assertThat(first.getDuration("waited")).isZero();
            assertThat(first.getDuration("opening")).isGreaterThan(connection.getDuration("connecting"));
            assertThat(first.getDuration("transfer")).isPositive().isLessThan(first.getDuration());
            RecordedEvent second = record.of("DeliveryAttempt").getLast();
            assertThat(second.getDuration("opening")).isZero();
            assertThat(second.getInt("delivered")).isEqualTo(1);
            assertThat(record.of("DeliveryAttempt").toString())
                    .as("no address")
                    .doesNotContain("a@", "b@", "c@", "from@");
        }
    }

    @Test
    void whereAConnectionFailedIsTold() throws Exception {
        FlightRecord record = FlightRecord.of(() -> {
            try (FaultServer server = FaultServer.start(FaultServer.Way.SMTP, "greeting=421 4.3.2 closed")) {
                scene.delivery().attempt(Scene.job(relay(server.port()), "a@x.example"));
            }
        });
        RecordedEvent connection = record.only("Connection");
        assertThat(connection.getBoolean("opened")).isFalse();
        assertThat(connection.getString("step")).isEqualTo("GREETING");
        assertThat(connection.getDuration("connecting")).isZero();
        RecordedEvent attempt = record.only("DeliveryAttempt");
        assertThat(attempt.getString("outcome")).isEqualTo("deferred");
        assertThat(attempt.getInt("deferred")).isEqualTo(1);
        assertThat(attempt.getDuration("transfer")).isEqualTo(Duration.ZERO);
    }

    @Test
    void aHandshakeIsTimed() throws Exception {
        FaultServer.Way way = new FaultServer.Way(Dialect.SMTP, new TestCertificates().server("127.0.0.1"), false);
        TlsDemand tls =
                new TlsDemand(false, StartTls.REQUIRE, CertificateCheck.NEVER, Optional.empty(), Optional.empty());
        try (FaultServer server = FaultServer.start(way)) {
            RemoteHost host = new RemoteHost(
                    "relay",
                    "127.0.0.1",
                    server.port(),
                    Dialect.SMTP,
                    tls,
                    Optional.empty(),
                    RemoteHost.Limits.DEFAULT);
            FlightRecord record = FlightRecord.of(
                    () -> scene.delivery().attempt(Scene.job(new NextHop.Relay(List.of(host)), "a@x.example")));
            RecordedEvent connection = record.only("Connection");
            RecordedEvent attempt = record.only("DeliveryAttempt");
            assertThat(connection.getDuration("securing")).isPositive().isLessThan(connection.getDuration());
            assertThat(attempt.getDuration("securing")).isEqualTo(connection.getDuration("securing"));
            assertThat(attempt.getString("tls")).isEqualTo("unverified");
            assertThat(connection.getString("tls")).isEqualTo("unverified");
        }
    }
}
