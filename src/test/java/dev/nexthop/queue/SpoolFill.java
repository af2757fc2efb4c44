package dev.nexthop.queue;

import dev.nexthop.mail.BodyType;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.QueueId;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.RouteTrace;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.store.Database;
import dev.nexthop.store.Edit;
import dev.nexthop.store.StoreMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills a spool with mail that was tried once and waits, faster than a client could send it; for measurements.
 *
 * <pre>java -cp target/classes:target/test-classes:… dev.nexthop.queue.SpoolFill FOLDER MESSAGES RECIPIENTS DOMAINS DUE</pre>
 *
 * <p>FOLDER is the path of the store, DUE when it is tried next, such as PT1H or PT0S from now.
 */
public final class SpoolFill {
    private static final int BATCH = 1_000;
    private static final byte[] BODY =
            "From: <a@from.test>\r\nSubject: hello\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);

    private SpoolFill() {}

    /**
     * What to write.
     *
     * @param messages how many
     * @param recipients of each
     * @param domains over which the recipients go round
     * @param due when they are tried
     */
    public record Load(int messages, int recipients, int domains, Instant due) {}

    /** Fills from the command line. */
    public static void main(String[] args) throws IOException {
        Load load = new Load(
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]),
                Instant.now().plus(Duration.parse(args[4])));
        fill(Path.of(args[0]), load);
    }

    /**
     * Fills a spool that nobody has open.
     *
     * @param path the path of its store
     */
    public static void fill(Path path, Load load) throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        long first = now.minus(Duration.ofHours(1)).toEpochMilli() << 20;
        try (Database database = Database.open(path.resolve("db"), "fill", Tables.ALL, StoreMemory.BUSY)) {
            List<Edit> edits = new ArrayList<>(3 * BATCH);
            for (int i = 0; i < load.messages(); i++) {
                add(edits, new QueueId(first + i), i, load, now);
                if (edits.size() >= 3 * BATCH || i == load.messages() - 1) {
                    database.commit(edits);
                    edits = new ArrayList<>(3 * BATCH);
                }
            }
        }
    }

    private static void add(List<Edit> edits, QueueId id, int number, Load load, Instant now) {
        Instant created = now.minus(Duration.ofHours(1));
        List<Mailbox> recipients = new ArrayList<>();
        List<RecipientState> states = new ArrayList<>();
        for (int r = 0; r < load.recipients(); r++) {
            long place = (long) number * load.recipients() + r;
            Domain domain = new Domain("d" + place % load.domains() + ".example");
            Mailbox mailbox = new Mailbox("user" + place, domain);
            recipients.add(mailbox);
            states.add(new RecipientState(
                    mailbox,
                    RecipientStatus.DEFERRED,
                    1,
                    0,
                    load.due(),
                    created.plus(Duration.ofDays(1)),
                    created.plus(Duration.ofDays(5)),
                    Optional.of(new LastAttempt(created, "mx", refused(domain), RouteTrace.NONE))));
        }
        Envelope envelope = new Envelope(
                ReversePath.of("bulk" + number % 1_000 + "@from.example"),
                recipients,
                BodyType.SEVEN_BIT,
                false,
                new Reception("submission", 587, "192.0.2.7", "client.from.example", "", 0),
                Requests.NONE);
        MessageRecord.Body body = new MessageRecord.Body(MessageRecord.Place.DATABASE, BODY.length, false, 0);
        byte[] key = Tables.key(id);
        edits.add(new Edit.Put(Tables.MESSAGE, key, MessageCodec.encode(new MessageRecord(created, envelope, body))));
        edits.add(new Edit.Put(Tables.STATE, key, StateCodec.encode(states)));
        edits.add(new Edit.Put(Tables.BODY, key, BODY));
    }

    private static Diagnosis refused(Domain domain) {
        return Diagnosis.local(
                new EnhancedStatus(4, 4, 1),
                ErrorKind.CONNECTION,
                "mx." + domain + " could not be reached: connection refused",
                Step.CONNECT);
    }
}
