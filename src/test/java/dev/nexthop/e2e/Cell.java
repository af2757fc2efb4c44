package dev.nexthop.e2e;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One message to one real server by one way.
 *
 * @param feature what it shows
 * @param id name of the hop; the recipient is in the domain {@code id.example}, and the subject is the id
 * @param hop the lines of {@code [remote.id]}, with names of places
 * @param kind what is sent
 * @param end what comes of it
 * @param session what the server must have noted of the session, each a regular expression
 * @param trace what the trace fields of the message must say, each a regular expression
 */
record Cell(Feature feature, String id, String hop, Kind kind, End end, List<String> session, List<String> trace) {
    /** What is sent. */
    enum Kind {
        /** A small message. */
        SIMPLE,
        /** Dots, long lines, 8-bit text: what often breaks on the way. */
        DIFFICULT,
        /** More than the 200 kB that every server here takes. */
        BIG,
        /** A header field and a recipient in UTF-8. */
        UTF8,
        /** Two parts with 8-bit octets, text and other. */
        PARTS,
        /** The same, signed as if by DKIM. */
        SIGNED,
        /** For a second recipient, too, who can't have it now. */
        MIXED,
        /** One with every parameter of RFC 3461. */
        DSN
    }

    /** What comes of a message. */
    sealed interface End {
        /** It arrives, octet for octet, once. */
        record Delivered() implements End {}

        /** It arrives once, and a reader of mail that is not ours finds the same in it, although no octet has eight bits. */
        record Converted() implements End {}

        /** It fails for good, with that status (RFC 3463). */
        record Failed(String status) implements End {}

        /** It waits, and the log has words that match. */
        record Waits(String why) implements End {}
    }

    /** One that is to be delivered. */
    static Cell delivered(Feature feature, String id, String hop) {
        return new Cell(feature, id, hop, Kind.DIFFICULT, new End.Delivered(), List.of(), List.of());
    }

    Cell sending(Kind other) {
        return new Cell(feature, id, hop, other, end, session, trace);
    }

    Cell ends(End other) {
        return new Cell(feature, id, hop, kind, other, session, trace);
    }

    /** By another way. */
    Cell over(String other) {
        return new Cell(feature, id, other, kind, end, session, trace);
    }

    /** With proofs that the server itself must give. */
    Cell noted(String... proofs) {
        return new Cell(feature, id, hop, kind, end, List.of(proofs), trace);
    }

    /** With proofs in the trace fields. */
    Cell traced(String... proofs) {
        return new Cell(feature, id, hop, kind, end, session, List.of(proofs));
    }

    String recipient() {
        return (kind == Kind.UTF8 ? "grüße@" : "x@") + id + ".example";
    }

    /** The one who can't have it now. */
    String blocked() {
        return "blocked@" + id + ".example";
    }

    byte[] message() {
        return switch (kind) {
            case SIMPLE, DSN, MIXED -> Mail.simple(id);
            case DIFFICULT -> Mail.difficult(id);
            case PARTS -> Mail.parts(id);
            case SIGNED -> Mail.signed(id);
            case BIG ->
                (new String(Mail.simple(id), StandardCharsets.US_ASCII) + "0123456789\r\n".repeat(25_000))
                        .getBytes(StandardCharsets.US_ASCII);
            case UTF8 ->
                Mail.bytes("X-Greeting: grüße\n"
                        + new String(Mail.simple(id), StandardCharsets.US_ASCII).replace("\r\n", "\n"));
        };
    }

    String mailParameters() {
        return switch (kind) {
            case SIMPLE, BIG, MIXED -> "";
            case DIFFICULT, PARTS, SIGNED -> " BODY=8BITMIME";
            case UTF8 -> " BODY=8BITMIME SMTPUTF8";
            case DSN -> " RET=HDRS ENVID=QQ314159";
        };
    }

    String rcptParameters() {
        return kind == Kind.DSN ? " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;first@origin.example" : "";
    }
}
