package dev.nexthop.mime;

import java.util.BitSet;

/** The first way through a message: which parts need another encoding, and whether there is a reason not to touch any. */
final class Survey implements Walk.Visitor {
    private final BitSet eightBit = new BitSet();
    private final BitSet untouchable = new BitSet();
    private boolean signature;
    private boolean begun;

    /** Whether a part has octets above 127. */
    boolean eightBit(int leaf) {
        return eightBit.get(leaf);
    }

    /** Whether the message as a whole has a signature over its body (RFC 6376 §3.7, RFC 8617 §4.1.2). */
    boolean signature() {
        return signature;
    }

    @Override
    public void entity(Walk.Entity entity) throws UnconvertibleException {
        if (entity.header().eightBit()) {
            throw new UnconvertibleException("a header has 8-bit octets");
        }
        if (!begun) {
            begun = true;
            signature = entity.header().has("dkim-signature") || entity.header().has("arc-message-signature");
        }
        if (entity.leaf() >= 0 && (entity.signed() || entity.kind() == Walk.Kind.OPAQUE)) {
            untouchable.set(entity.leaf());
        }
    }

    @Override
    public void content(LineSource.Piece piece, int leaf) throws UnconvertibleException {
        if (has(piece)) {
            if (untouchable.get(leaf)) {
                throw new UnconvertibleException("a part with 8-bit octets is signed, or may not be encoded");
            }
            eightBit.set(leaf);
        }
    }

    @Override
    public void end(int leaf, boolean bounded) {}

    @Override
    public void frame(LineSource.Piece piece) throws UnconvertibleException {
        if (has(piece)) {
            throw new UnconvertibleException("there are 8-bit octets outside of the parts");
        }
    }

    private static boolean has(LineSource.Piece piece) {
        for (byte octet : piece.octets()) {
            if (octet < 0) {
                return true;
            }
        }
        return false;
    }
}
