package dev.nexthop.delivery;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What the sender of a message wants of TLS on its way (RFC 8689). */
public enum TlsWish {
    /** Nothing special: the policies of the recipients' domain hold, and ours. */
    NORMAL,
    /**
     * {@code TLS-Required: No} (RFC 8689 §3, §5): delivery counts for more than TLS. Policies of the recipients' domain,
     * DANE and MTA-STS, don't stop the message; what our own configuration demands still holds.
     */
    NOT_REQUIRED,
    /** REQUIRETLS in the envelope (RFC 8689 §2): no host gets it without verified TLS and REQUIRETLS of its own. */
    REQUIRED;

    /** Octets of a header that are looked at; a field behind them counts as not written. */
    private static final int MOST = 256 * 1024;

    private static final String FIELD = "tls-required";

    /**
     * The wish of a message. The envelope's parameter beats the header field (RFC 8689 §3). More than one field, or any other
     * value than {@code No}, is as good as none (§3). Reads at most 256 KiB of the header, and no more of it than there is.
     *
     * @param envelope as accepted
     * @param body its bytes
     * @throws IOException when stable storage can't be read
     */
    public static TlsWish of(Envelope envelope, MessageBody body) throws IOException {
        if (envelope.requests().requireTls()) {
            return REQUIRED;
        }
        byte[] whole = body.inMemory();
        try (InputStream in = whole != null
                ? new ByteArrayInputStream(whole)
                : new BufferedInputStream(body.open())) {
            return new Scan(in).wish();
        }
    }

    /** One pass over the header that keeps nothing but the value of the one field. */
    private static final class Scan {
        private final InputStream in;
        private final StringBuilder value = new StringBuilder();
        private int left = MOST;
        private int fields;

        Scan(InputStream in) {
            this.in = in;
        }

        TlsWish wish() throws IOException {
            boolean ours = false;
            int octet = next();
            while (octet >= 0 && octet != '\n') {
                boolean folded = octet == ' ' || octet == '\t';
                if (!folded) {
                    int matched = 0;
                    while (matched < FIELD.length() && lower(octet) == FIELD.charAt(matched)) {
                        matched++;
                        octet = next();
                    }
                    while (matched == FIELD.length() && (octet == ' ' || octet == '\t')) {
                        octet = next(); // RFC 5322 §4.5.8 lets white space stand before the colon
                    }
                    ours = matched == FIELD.length() && octet == ':';
                    fields += ours ? 1 : 0;
                    octet = ours ? next() : octet;
                }
                while (octet >= 0 && octet != '\n') {
                    // Longer than any allowed value is another value, however much longer.
                    if (ours && value.length() < 1_000) {
                        value.append((char) octet);
                    }
                    octet = next();
                }
                octet = octet < 0 ? octet : next();
            }
            boolean no = fields == 1 && value.toString().strip().equalsIgnoreCase("no");
            return no && left >= 0 ? NOT_REQUIRED : NORMAL;
        }

        /** The next octet; CR stands only before LF in what was accepted, and counts for nothing. */
        private int next() throws IOException {
            int octet;
            do {
                octet = left-- > 0 ? in.read() : -1;
            } while (octet == '\r');
            return octet;
        }

        private static int lower(int octet) {
            return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
        }
    }
}
