package dev.nexthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.queue.Draft;
import dev.nexthop.queue.RecipientState;
import dev.nexthop.queue.RecipientStatus;
import dev.nexthop.queue.RocksSpool;
import dev.nexthop.queue.SpoolSettings;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nexthop queue verify} on the data of a stopped server. */
class QueueVerifyCommandTest {
    private static final int LARGE = 300_000;

    @TempDir
    Path folder;

    private Path configuration() throws IOException {
        return Files.writeString(folder.resolve("nexthop.toml"), """
                [server]
                hostname = "mx.example.org"
                [server.listener.in]
                bind = "127.0.0.1:0"
                protocol = "smtp"
                [store.db]
                type = "rocksdb"
                path = "%s"
                [storage]
                data = "db"
                """.formatted(folder.resolve("data")));
    }

    private QueueId large() throws IOException {
        SpoolSettings settings = new SpoolSettings(folder.resolve("data/spool"), 262_144, 0);
        Envelope envelope = new Envelope(
                ReversePath.of("sender@example.org"),
                List.of(Mailbox.parse("a@example.com")),
                BodyType.EIGHT_BIT_MIME,
                false,
                new Reception("smtp", 25, "127.0.0.1", "client.example", "", 0));
        RecipientState state = new RecipientState(
                envelope.recipients().getFirst(),
                RecipientStatus.SCHEDULED,
                0,
                0,
                Instant.EPOCH,
                Instant.MAX,
                Instant.MAX,
                Optional.empty());
        Files.createDirectories(settings.path());
        try (RocksSpool spool = RocksSpool.open(settings, Clock.systemUTC(), _ -> {});
                Draft draft = spool.begin()) {
            draft.write(new byte[LARGE], 0, LARGE);
            return draft.commit(envelope, List.of(state), List.of()).id();
        }
    }

    @Test
    void alarmsAreToldAndAMessageComesBackWhenItIsWhole() throws Exception {
        Path configuration = configuration();
        QueueId id = large();
        Path bodies = folder.resolve("data/spool/bodies");
        Files.move(bodies, folder.resolve("elsewhere"));

        CommandRun repair = new CommandRun();
        assertThat(repair.with(configuration, "queue", "verify", "--repair", "--json"))
                .isEqualTo(1);
        assertThat(repair.err.toString()).contains("alarm: the folder of large bodies");
        assertThat(repair.out.toString()).contains("\"alarms\"").contains("is missing and is made anew");

        CommandRun early = new CommandRun();
        assertThat(early.with(configuration, "queue", "verify", "--restore", id.toString()))
                .isNotZero();
        assertThat(early.err.toString()).contains("is not whole and stays in quarantine", "missing");

        Files.delete(bodies);
        Files.move(folder.resolve("elsewhere"), bodies);
        CommandRun back = new CommandRun();
        assertThat(back.with(configuration, "queue", "verify", "--restore", id.toString()))
                .as(back.err.toString())
                .isZero();
        assertThat(back.out.toString()).contains("restored " + id);
        CommandRun last = new CommandRun();
        assertThat(last.with(configuration, "queue", "verify"))
                .as(last.out.toString())
                .isZero();
        assertThat(last.out.toString()).contains("1 messages", "0 in quarantine");

        CommandRun both = new CommandRun();
        assertThat(both.with(configuration, "queue", "verify", "--restore", "x", "--drop", "y"))
                .isEqualTo(2);
    }
}
