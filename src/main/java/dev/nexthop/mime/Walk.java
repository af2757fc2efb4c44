package dev.nexthop.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks through a message line by line (RFC 2046 §5.1) and tells a {@link Visitor} what each line is. What it keeps is
 * bounded: one header, and the boundaries of the multiparts that it is inside of.
 */
final class Walk {
    /** Multiparts and messages inside each other; real mail has a handful. */
    static final int DEEPEST = 30;

    /** Parts of one message. */
    static final int MOST_PARTS = 10_000;

    private final Visitor visitor;
    private final List<Multipart> open = new ArrayList<>();
    private EntityHeader header = new EntityHeader();
    private Where where = Where.HEADER;
    private boolean ofMessage = true;
    private int messages;
    private int leaves;

    private enum Where {
        HEADER,
        LEAF,
        BETWEEN
    }

    private record Multipart(String boundary, boolean signed, int messages) {}

    /** What an entity is, for whoever encodes it. */
    enum Kind {
        /** A body with a transfer encoding of its own. */
        LEAF,
        /** A body that may have no transfer encoding (RFC 2046 §5.2), or that nobody understands. */
        OPAQUE,
        /** Parts, or another message. */
        COMPOSITE
    }

    /**
     * An entity, at the end of its header.
     *
     * @param header its header
     * @param kind what it is
     * @param leaf its number among the leaves and opaque ones; -1 for a composite
     * @param ofMessage whether the header is that of a message, rather than a part
     * @param signed whether a signature covers it as it is
     */
    record Entity(EntityHeader header, Kind kind, int leaf, boolean ofMessage, boolean signed) {}

    /** Is told what each line is, in order. */
    interface Visitor {
        /** A header has ended; the line behind it is told on its own. */
        void entity(Entity entity) throws UnconvertibleException;

        /** A piece of the body of a leaf. */
        void content(LineSource.Piece piece, int leaf) throws UnconvertibleException;

        /** The body of a leaf has ended. */
        void end(int leaf, boolean bounded);

        /** A line that is no content: the end of a header, a boundary, or text outside of parts. */
        void frame(LineSource.Piece piece) throws UnconvertibleException;
    }

    Walk(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Takes the next line or piece of one. */
    void take(LineSource.Piece piece) throws UnconvertibleException {
        if (piece.first() && boundary(piece)) {
            return;
        }
        switch (where) {
            case HEADER -> {
                if (piece.empty()) {
                    entity();
                    visitor.frame(piece);
                } else {
                    header.add(piece.octets());
                }
            }
            case LEAF -> visitor.content(piece, leaves - 1);
            case BETWEEN -> visitor.frame(piece);
        }
    }

    /** The message has ended. */
    void finish() throws UnconvertibleException {
        switch (where) {
            case HEADER -> entity();
            case LEAF -> visitor.end(leaves - 1, false);
            case BETWEEN -> {}
        }
        if (where == Where.LEAF) {
            where = Where.BETWEEN;
        }
    }

    private boolean boundary(LineSource.Piece piece) throws UnconvertibleException {
        byte[] octets = piece.octets();
        if (open.isEmpty() || octets.length < 3 || octets[0] != '-' || octets[1] != '-') {
            return false;
        }
        String line = new String(octets, 2, octets.length - 2, StandardCharsets.ISO_8859_1).stripTrailing();
        for (int i = open.size() - 1; i >= 0; i--) {
            String boundary = open.get(i).boundary();
            boolean closes = line.equals(boundary + "--");
            if (closes || line.equals(boundary)) {
                leave(i, closes);
                visitor.frame(piece);
                return true;
            }
        }
        return false;
    }

    private void leave(int index, boolean closes) throws UnconvertibleException {
        if (where == Where.HEADER) {
            entity(); // A header without a body, ended by the boundary.
        }
        if (where == Where.LEAF) {
            visitor.end(leaves - 1, true);
        }
        messages = open.get(index).messages();
        open.subList(closes ? index : index + 1, open.size()).clear();
        where = closes ? Where.BETWEEN : Where.HEADER;
        header = new EntityHeader();
        ofMessage = false;
    }

    /** RFC 6532 §3.5: what is made for UTF-8 may be encoded, as other messages and reports may not (RFC 6533, RFC 2046 §5.2). */
    private static boolean encodable(String type) {
        return type.equals("message/global") || type.startsWith("message/global-");
    }

    private void entity() throws UnconvertibleException {
        EntityHeader done = header;
        String type = done.type();
        Optional<String> boundary = type.startsWith("multipart/") ? done.boundary() : Optional.empty();
        boolean identity = List.of("7bit", "8bit", "binary").contains(done.encoding());
        boolean nested = identity && (type.equals("message/rfc822") || type.equals("message/news"));
        boolean opaque = !identity || type.startsWith("multipart/") || type.startsWith("message/") && !encodable(type);
        boolean signed = open.stream().anyMatch(Multipart::signed);
        if (boundary.isPresent() || nested) {
            if (open.size() + messages >= DEEPEST) {
                throw new UnconvertibleException("more than " + DEEPEST + " parts and messages are inside each other");
            }
            visitor.entity(new Entity(done, Kind.COMPOSITE, -1, ofMessage, signed));
            boundary.ifPresent(text -> open.add(new Multipart(text, type.equals("multipart/signed"), messages)));
            messages += nested ? 1 : 0;
            where = nested ? Where.HEADER : Where.BETWEEN;
        } else {
            if (leaves == MOST_PARTS) {
                throw new UnconvertibleException("the message has more than " + MOST_PARTS + " parts");
            }
            visitor.entity(new Entity(done, opaque ? Kind.OPAQUE : Kind.LEAF, leaves, ofMessage, signed));
            leaves++;
            where = Where.LEAF;
        }
        header = new EntityHeader();
        ofMessage = nested;
    }
}
