package dev.nexthop.delivery;

import dev.nexthop.mail.Envelope;
import dev.nexthop.mail.MessageBody;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Whether a message really needs SMTPUTF8 for its header fields (RFC 6532 §3). Some clients ask for the extension
 * always; a message whose header is ASCII travels without it, and so reaches hosts that lack it.
 */
final class Utf8Need {
    private Utf8Need() {}

    /** Reads the header when the envelope asks for SMTPUTF8 and there are octets that could need it. */
    static boolean ofHeader(Envelope envelope, MessageBody body) throws IOException {
        if (!envelope.smtpUtf8() || !body.eightBit()) {
            return false;
        }
        try (InputStream in = new BufferedInputStream(body.open())) {
            int lineLength = 0;
            int octet = in.read();
            while (octet >= 0) {
                if (octet > 127) {
                    return true;
                }
                if (octet == '\n') {
                    if (lineLength == 0) {
                        return false;
                    }
                    lineLength = 0;
                } else if (octet != '\r') {
                    lineLength++;
                }
                octet = in.read();
            }
        }
        return false;
    }
}
