package dev.nexthop.report;

import java.time.Instant;
import java.util.List;

/** What is known about one domain in one period, from the first session to the word that its report was sent. */
final class Page {
    /** How far it has come. */
    enum Stage {
        /** Sessions are counted. */
        COLLECTING,
        /** The period is over; the report waits for its moment, or for another try. */
        WAITING,
        /** The report was sent, or nobody wants it; the ledger forgets the page. */
        CLOSED
    }

    final Period period;
    final String domain;
    final Tally tally;
    Stage stage = Stage.COLLECTING;

    /** Tells this report from those of other servers of the same name. */
    String mark = "";

    Instant due = Instant.EPOCH;
    int tries;
    List<Parcel> parcels = List.of();

    Page(Period period, String domain, Budget budget) {
        this.period = period;
        this.domain = domain;
        this.tally = new Tally(budget);
    }

    /** When there is something to do: at the end of the period, later at the moment that was chosen. */
    Instant moment() {
        return stage == Stage.COLLECTING ? period.end() : due;
    }

    void close() {
        stage = Stage.CLOSED;
        tally.clear();
        parcels = List.of();
    }
}
