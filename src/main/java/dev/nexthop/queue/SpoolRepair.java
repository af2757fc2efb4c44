package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Acts on what a check of a stopped server's data found. Nothing that may be mail is deleted. */
final class SpoolRepair {
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    /** A round takes up to {@link VerifyReport#MOST} faults. */
    private static final int ROUNDS = 10_000;

    private final SpoolSettings settings;
    private final Clock clock;
    private final SpoolWatch watch;
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private boolean rewrite;
    private boolean unread;

    SpoolRepair(SpoolSettings settings, Clock clock, SpoolWatch watch) {
        this.settings = settings;
        this.clock = clock;
        this.watch = watch;
    }

    VerifyReport run() throws IOException {
        mend();
        if (rewrite && unread) {
            // The new one would know nothing of the losses of the old one, nor ask for what such a file alone names.
            tell("did not write the database anew: there are bodies that the disk gives an error for; when they can be"
                    + " read, or are elsewhere, --repair again");
        } else if (rewrite) {
            Path kept = Rebuild.run(settings, clock);
            tell("wrote the database anew; the old one, with what could not be read, is kept in " + kept);
            mend(); // a body whose record is not in the new one has nobody now, and a start would remove it
        }
        try (RocksSpool spool = SpoolInspection.stopped(settings, clock, watch)) {
            VerifyReport last = spool.inspection().verify(new QueueId(0), NO_LIMIT);
            // What the new database lacks was no fault before.
            last.faults().stream()
                    .filter(fault -> !faults.contains(fault) && faults.size() < VerifyReport.MOST)
                    .forEach(faults::add);
            return new VerifyReport(
                    last.messages(),
                    last.recipients(),
                    last.octets(),
                    last.bodyFiles(),
                    last.quarantined(),
                    faults,
                    done,
                    last.next());
        }
    }

    private void mend() throws IOException {
        try (RocksSpool spool = SpoolInspection.stopped(settings, clock, watch)) {
            QueueId from = new QueueId(0);
            for (int round = 0; round < ROUNDS; round++) {
                VerifyReport report = spool.inspection().verify(from, NO_LIMIT);
                rewrite |= report.faults().stream().anyMatch(fault -> fault.kind() == Fault.Kind.UNREADABLE);
                for (Fault fault : report.faults()) {
                    mend(fault, spool);
                }
                Optional<QueueId> next = report.next();
                if (next.isEmpty()) {
                    unread |= spool.files().untold().everUnsure();
                    if (!unread) { // else what lost its record may be in there, and was not looked at
                        spool.inspection().database().settleLosses();
                    }
                    return;
                }
                from = next.get();
            }
        }
    }

    private void mend(Fault fault, RocksSpool spool) throws IOException {
        if (faults.size() < VerifyReport.MOST && !faults.contains(fault)) {
            faults.add(fault);
        }
        switch (fault.kind()) {
            case DAMAGED, BODY_ALONE, STATE_ALONE, FILE_ALONE -> putAside(fault, spool);
            case ABOVE_MARK -> {
                new SpoolMark(spool.inspection().database(), clock, settings.path())
                        .raise(QueueId.parse(fault.name()).value() + 1);
                tell("moved the mark of queue ids above " + fault.name());
            }
            case FOREIGN, BODY_UNTOLD, UNREADABLE, LOG_TORN -> {}
        }
    }

    private void putAside(Fault fault, RocksSpool spool) throws IOException {
        QueueId id = QueueId.parse(fault.name());
        boolean part = fault.kind() == Fault.Kind.FILE_ALONE
                && !BodyNames.whole(spool.files().path(id));
        spool.inspection().putAside(id, part ? fault.text() + BodyNames.PART : fault.text(), clock.instant());
        tell("put " + fault.name() + " into quarantine: " + fault.text());
    }

    private void tell(String text) {
        if (done.size() < VerifyReport.MOST) {
            done.add(text);
        }
    }
}
