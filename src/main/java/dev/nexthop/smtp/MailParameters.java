package dev.nexthop.smtp;

import java.util.List;

/**
 * The parameters of MAIL (RFC 5321 §4.1.1.11) that this server knows.
 *
 * @param size SIZE= in octets (RFC 1870 §3), or {@link #NO_SIZE}
 * @param eightBit whether BODY=8BITMIME was given (RFC 6152 §2)
 * @param smtpUtf8 whether SMTPUTF8 was given (RFC 6531 §3.4)
 * @param auth whether AUTH= was given (RFC 4954 §5); its value is not trusted and not kept
 * @param given whether there was any parameter, which HELO clients may not send
 * @param requests RET, ENVID, REQUIRETLS, MT-PRIORITY, BY, HOLDFOR and HOLDUNTIL, each at most once
 */
public record MailParameters(
        long size, boolean eightBit, boolean smtpUtf8, boolean auth, boolean given, List<Parameter> requests) {
    /** The value of {@link #size} when none was given. */
    public static final long NO_SIZE = -1;

    /** No parameters. */
    public static final MailParameters NONE = new MailParameters(NO_SIZE, false, false, false, false);

    /** Copies the list. */
    public MailParameters {
        requests = List.copyOf(requests);
    }

    /** Parameters without requests; they are those of the record. */
    public MailParameters(long size, boolean eightBit, boolean smtpUtf8, boolean auth, boolean given) {
        this(size, eightBit, smtpUtf8, auth, given, List.of());
    }
}
