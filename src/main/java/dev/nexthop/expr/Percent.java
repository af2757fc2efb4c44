package dev.nexthop.expr;

/**
 * {@code percent(n, key)}: the keys are spread over a million places by a hash that is the same on every machine and in every
 * version, and the first n percent of the places are true (so the fifth decimal of n does not count). The hash is FNV-1a of 64 bits over the key in UTF-8, mixed as the
 * last step of MurmurHash3 does; the place is its unsigned remainder by a million.
 */
final class Percent extends Call {
    private static final int PLACES = 1_000_000;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Node percent;
    private final Node key;

    private Percent(String label, Node percent, Node key) {
        super(label, Type.BOOLEAN, percent, key);
        this.percent = percent;
        this.key = key;
    }

    static Node make(Invocation call) {
        Operand written = call.argument(0);
        if (written.node() instanceof Constant constant) {
            double n = Arithmetic.real(Numbers.of(constant.value));
            if (!(n >= 0 && n <= 100)) {
                return call.refuse(written, "percent wants a number from 0 to 100");
            }
        }
        return new Percent(call.label(), written.node(), call.argument(1).node());
    }

    @Override
    Value compute(Evaluation evaluation) throws EvaluationException {
        double n = Arithmetic.real(Numbers.of(percent.evaluate(evaluation)));
        return Value.of(place(key.evaluate(evaluation).asText()) < Math.round(n * (PLACES / 100)));
    }

    /** From 0 to 999,999. */
    static long place(String key) {
        long hash = FNV_BASIS;
        int at = 0;
        while (at < key.length()) {
            int c = key.codePointAt(at);
            at += Character.charCount(c);
            // A half of a surrogate pair has no UTF-8 and counts as a question mark.
            hash = add(hash, c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '?' : c);
        }
        return Long.remainderUnsigned(mixed(hash), PLACES);
    }

    /** The hash with the octets of one character (RFC 3629 §3). */
    private static long add(long hash, int c) {
        if (c < 0x80) {
            return octet(hash, c);
        }
        if (c < 0x800) {
            return octet(octet(hash, 0xc0 | c >> 6), 0x80 | c & 0x3f);
        }
        long wide =
                c < 0x10000 ? octet(hash, 0xe0 | c >> 12) : octet(octet(hash, 0xf0 | c >> 18), 0x80 | c >> 12 & 0x3f);
        return octet(octet(wide, 0x80 | c >> 6 & 0x3f), 0x80 | c & 0x3f);
    }

    private static long octet(long hash, int octet) {
        return (hash ^ octet) * FNV_PRIME;
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
