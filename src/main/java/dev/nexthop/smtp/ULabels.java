package dev.nexthop.smtp;

import com.ibm.icu.text.IDNA;

/** Domain names with characters beyond ASCII (RFC 5890 §2.3.2.1). Everybody who turns one into ASCII does it here. */
public final class ULabels {
    private ULabels() {}

    /** Reads its tables when the first name beyond ASCII comes. */
    private static final class Held {
        // RFC 5891 by way of UTS 46, nontransitional: straße.example is not strasse.example.
        static final IDNA UTS46 =
                IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);
    }

    /**
     * A name as DNS and certificates write it.
     *
     * @param name without a trailing dot
     * @return itself when it is ASCII, else in A-labels
     * @throws IllegalArgumentException when there is no such name; the message is the faults, in the words of the standard
     */
    public static String toAscii(String name) {
        if (Ascii.only(name)) {
            return name;
        }
        IDNA.Info info = new IDNA.Info();
        StringBuilder ascii = new StringBuilder();
        Held.UTS46.nameToASCII(name, ascii, info);
        if (info.hasErrors()) {
            throw new IllegalArgumentException(String.valueOf(info.getErrors()));
        }
        return ascii.toString();
    }

    /**
     * Refuses a name that has another spelling: mail may hold U-labels in their one form alone (RFC 5890 §2.3.2.1, RFC 6531
     * §3.3). DNS asks for what a spelling stands for, rules compare texts: with two spellings the sender would choose the rule.
     *
     * @param name in lower case, with characters beyond ASCII
     * @throws IllegalArgumentException with a sentence for people
     */
    static void check(String name) {
        String ascii;
        try {
            ascii = toAscii(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the domain is no internationalized name: " + e.getMessage(), e);
        }
        StringBuilder back = new StringBuilder();
        Held.UTS46.nameToUnicode(ascii, back, new IDNA.Info());
        if (!name.contentEquals(back)) {
            throw new IllegalArgumentException(
                    "the domain is written in characters that stand for others; write " + ascii);
        }
    }
}
