package dev.nexthop.smtp;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * What {@link DotReader} should do, written for reading: RFC 5321 §4.1.1.4 and §4.5.2 over a whole array, line by
 * line.
 *
 * @param content without the dots that the client added
 * @param consumed octets up to and with the final CRLF
 * @param bareCr whether a CR had no LF behind it
 * @param bareLf whether an LF had no CR before it
 * @param longestLine between line ends
 */
record PlainDotReader(byte[] content, int consumed, boolean bareCr, boolean bareLf, long longestLine) {

    static Optional<PlainDotReader> read(byte[] input, LineEnds ends) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int end = crlf(input, at);
            if (end < 0) {
                return Optional.empty();
            }
            byte[] line = Arrays.copyOfRange(input, at, end);
            at = end + 2;
            if (line.length == 1 && line[0] == '.') {
                return Optional.of(result(lines.toByteArray(), at, ends));
            }
            int skip = line.length > 0 && line[0] == '.' ? 1 : 0;
            lines.write(line, skip, line.length - skip);
            lines.write('\r');
            lines.write('\n');
        }
    }

    private static PlainDotReader result(byte[] raw, int consumed, LineEnds ends) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        boolean bareCr = false;
        boolean bareLf = false;
        long longest = 0;
        long line = 0;
        for (int i = 0; i < raw.length; i++) {
            boolean pair = raw[i] == '\r' && i + 1 < raw.length && raw[i + 1] == '\n';
            boolean lonely = !pair && (raw[i] == '\r' || raw[i] == '\n');
            bareCr |= lonely && raw[i] == '\r';
            bareLf |= lonely && raw[i] == '\n';
            if (pair || lonely && ends == LineEnds.NORMALISE) {
                content.write('\r');
                content.write('\n');
                longest = Math.max(longest, line);
                line = 0;
                i += pair ? 1 : 0;
            } else {
                content.write(raw[i]);
                line++;
            }
        }
        return new PlainDotReader(content.toByteArray(), consumed, bareCr, bareLf, longest);
    }

    private static int crlf(byte[] input, int from) {
        for (int i = from; i + 1 < input.length; i++) {
            if (input[i] == '\r' && input[i + 1] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
