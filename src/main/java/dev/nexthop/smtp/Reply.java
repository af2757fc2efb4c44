package dev.nexthop.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A reply (RFC 5321 §4.2): ours to a client, or a server's to us.
 *
 * @param code 200 to 599
 * @param enhanced the enhanced status code that leads every line of text (RFC 2034 §4), where there is one
 * @param lines the text of each line without code and enhanced code; at least one, possibly empty
 */
public record Reply(int code, Optional<EnhancedStatus> enhanced, List<String> lines) {
    /** Refuses codes outside RFC 5321 §4.2 and replies without a line. */
    public Reply {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("a reply code is 200 to 599, not " + code);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a reply has at least one line");
        }
        lines = List.copyOf(lines);
    }

    /**
     * A reply of one line.
     *
     * @param code the reply code
     * @param enhanced its enhanced status code
     * @param text the words for people
     */
    public static Reply of(int code, EnhancedStatus enhanced, String text) {
        return new Reply(code, Optional.of(enhanced), List.of(text));
    }

    /**
     * A reply of one line without an enhanced code, as for greetings and HELO (RFC 2034 §4).
     *
     * @param code the reply code
     * @param text the words for people
     */
    public static Reply plain(int code, String text) {
        return new Reply(code, Optional.empty(), List.of(text));
    }

    /** 2yz: done. */
    public boolean positive() {
        return code / 100 == 2;
    }

    /** 3yz: go on with the data asked for. */
    public boolean intermediate() {
        return code / 100 == 3;
    }

    /** 4yz: not now. */
    public boolean transientFailure() {
        return code / 100 == 4;
    }

    /** 5yz: not ever. */
    public boolean permanentFailure() {
        return code / 100 == 5;
    }

    /** All lines of text joined by a space. */
    public String text() {
        return lines.size() == 1 ? lines.getFirst() : String.join(" ", lines);
    }

    /** The reply as sent, each line ended by CRLF. */
    public byte[] bytes() {
        StringBuilder wire = new StringBuilder(64);
        for (int i = 0; i < lines.size(); i++) {
            wire.append(code).append(i == lines.size() - 1 ? ' ' : '-');
            enhanced.ifPresent(status -> wire.append(status).append(' '));
            wire.append(lines.get(i)).append("\r\n");
        }
        return wire.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return code + enhanced.map(status -> " " + status).orElse("") + " " + text();
    }
}
