package dev.nexthop.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** How often a domain gets a report, {@code report.tls.aggregate.send}. Periods are those of UTC (RFC 8460 §4.1). */
public enum Rhythm {
    /** Each hour. */
    HOURLY(Duration.ofHours(1)),
    /** Each day, as RFC 8460 §4.1 wants. */
    DAILY(Duration.ofDays(1)),
    /** Each week, from Monday on. */
    WEEKLY(Duration.ofDays(7));

    private final Duration length;

    Rhythm(Duration length) {
        this.length = length;
    }

    /**
     * The period that a moment belongs to.
     *
     * @param moment any
     */
    public Period at(Instant moment) {
        Instant start =
                switch (this) {
                    case HOURLY -> moment.truncatedTo(ChronoUnit.HOURS);
                    case DAILY -> moment.truncatedTo(ChronoUnit.DAYS);
                    case WEEKLY -> {
                        Instant day = moment.truncatedTo(ChronoUnit.DAYS);
                        int since = day.atOffset(ZoneOffset.UTC).getDayOfWeek().getValue() - 1;
                        yield day.minus(Duration.ofDays(since));
                    }
                };
        return new Period(start, start.plus(length));
    }
}
