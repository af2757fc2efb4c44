package dev.nexthop.dsn;

import dev.nexthop.mail.MessageBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header of a message as it goes into the third part of a report (RFC 6522 §4): bounded, every line ended by CRLF.
 *
 * @param bytes whole lines, without the empty line that ends the header
 * @param eightBit whether any octet is above 127
 * @param utf8 whether it is valid UTF-8
 */
record OriginalHeader(byte[] bytes, boolean eightBit, boolean utf8) {
    private static final int MOST = 64 * 1024;
    private static final int LONGEST_LINE = 990;

    /** So many octets may follow the first one of a character of UTF-8, and stay on its line. */
    private static final int MOST_FOLLOWING = 3;

    /** Reads the header; what can't be read is told in its place. */
    static OriginalHeader of(MessageBody body) {
        byte[] start;
        byte[] whole = body.inMemory();
        if (whole != null) {
            start = whole;
        } else {
            try (InputStream stream = body.open()) {
                start = stream.readNBytes(MOST + 1);
            } catch (IOException e) {
                start = "X-Nexthop-Note: the original message could not be read\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
            }
        }
        return cut(start);
    }

    private static OriginalHeader cut(byte[] message) {
        ByteArrayOutputStream header = new ByteArrayOutputStream(Math.min(message.length, 4_096));
        boolean eightBit = false;
        int column = 0;
        int whole = 0; // up to here the lines are complete
        int seen = Math.min(message.length, MOST);
        for (int i = 0; i < seen; i++) {
            byte b = message[i];
            if (b == '\n') {
                if (column == 0) {
                    break;
                }
                header.write('\r');
                header.write('\n');
                column = 0;
                whole = header.size();
            } else if (b != '\r') {
                boolean follows = (b & 0xC0) == 0x80 && column < LONGEST_LINE + MOST_FOLLOWING;
                if (column >= LONGEST_LINE && !follows) {
                    header.writeBytes(new byte[] {'\r', '\n', ' '});
                    column = 1;
                }
                header.write(b == 0 ? ' ' : b);
                eightBit |= b < 0;
                column++;
            }
        }
        byte[] bytes = header.toByteArray();
        bytes = Arrays.copyOf(bytes, whole);
        return new OriginalHeader(bytes, eightBit, valid(bytes));
    }

    private static boolean valid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
