package dev.nexthop.config;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The lines of a file of entries, one at a time, so that no more than one of them is in memory. */
final class ListLines {
    /** The longest line, in octets: more than the characters of an entry take. */
    static final int MAX_LINE = 16 * 1024;

    private static final int END = -1;

    private final InputStream in;
    private final int most;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int octets;
    private int number;
    private boolean afterReturn;

    /** What was read is no line; the message is one phrase. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }
    }

    /**
     * The lines of a stream, which the caller closes.
     *
     * @param most the most octets it may have
     */
    ListLines(InputStream in, int most) {
        this.in = new BufferedInputStream(in);
        this.most = most;
    }

    /** How many octets were read. */
    int octets() {
        return octets;
    }

    /** The number of the line that was read last, from 1. */
    int number() {
        return number;
    }

    /** The next line without its end, which is LF, CR LF or CR; null when there is none. */
    @Nullable
    String next() throws IOException, BadLineException {
        line.reset();
        int octet = octet();
        if (afterReturn && octet == '\n') {
            octet = octet();
        }
        afterReturn = false;
        if (octet == END) {
            return null;
        }
        number++;
        while (octet != END && octet != '\n' && octet != '\r') {
            if (line.size() == MAX_LINE) {
                throw new BadLineException("a line has at most " + MAX_LINE + " octets");
            }
            line.write(octet);
            octet = octet();
        }
        afterReturn = octet == '\r';
        return text();
    }

    private int octet() throws IOException, BadLineException {
        int octet = in.read();
        if (octet != END && ++octets > most) {
            throw new BadLineException("the file has more than " + most + " octets, the most that fit");
        }
        return octet;
    }

    private String text() throws BadLineException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            BadLineException bad = new BadLineException("these octets are not UTF-8");
            bad.initCause(e);
            throw bad;
        }
    }
}
