package dev.nexthop.smtp;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** The date and time of header fields (RFC 5322 §3.3), in UTC. */
public final class MailDate {
    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private MailDate() {}

    /**
     * An instant as header fields tell it.
     *
     * @param instant the fraction of its second is dropped
     * @return such as {@code Sun, 22 Nov 2026 09:05:07 +0000}
     */
    public static String of(Instant instant) {
        // Written out: each message that comes in has one, and a formatter takes several times as long.
        LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
        int day = 3 * (time.getDayOfWeek().getValue() - 1);
        int month = 3 * (time.getMonthValue() - 1);
        StringBuilder text = new StringBuilder(32)
                .append(DAYS, day, day + 3)
                .append(", ")
                .append(time.getDayOfMonth())
                .append(' ')
                .append(MONTHS, month, month + 3)
                .append(' ');
        String year = Integer.toString(time.getYear());
        text.repeat('0', Math.max(0, 4 - year.length())).append(year).append(' ');
        two(text, time.getHour()).append(':');
        two(text, time.getMinute()).append(':');
        return two(text, time.getSecond()).append(" +0000").toString();
    }

    private static StringBuilder two(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
