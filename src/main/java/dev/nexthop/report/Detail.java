package dev.nexthop.report;

import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.TlsFault;

/**
 * Failures that are alike, a line of {@code failure-details} (RFC 8460 §4.4).
 *
 * @param fault what was wrong
 * @param sourceIp our address; empty when not known
 * @param host the MX host; empty when the trouble was before any
 * @param ip its address; empty when none was connected to
 * @param reason the words of the failure
 */
record Detail(TlsFault fault, String sourceIp, String host, String ip, String reason) {
    /** Longer texts are cut. */
    static final int LONGEST = 300;

    /** All failures that had no line of their own any more. */
    static final Detail OTHERS = new Detail(
            TlsFault.VALIDATION_FAILURE, "", "", "", "further failures of any kind, which this report doesn't list");

    static Detail of(TlsEvent event, TlsFault fault) {
        return new Detail(fault, cut(event.sourceIp()), cut(event.host()), cut(event.ip()), cut(event.reason()));
    }

    /** At most {@link #LONGEST} characters, no half of a pair at the end. */
    static String cut(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        boolean half = Character.isHighSurrogate(text.charAt(LONGEST - 1));
        return text.substring(0, half ? LONGEST - 1 : LONGEST);
    }
}
