package dev.nexthop.client;

import java.text.Normalizer;
import java.util.Optional;

/**
 * SASLprep (RFC 4013): one spelling for user names and passwords that people type in different ways. Code points that
 * Unicode 3.2 did not know are let through, as for queries (RFC 3454 §7).
 */
final class SaslPrep {
    private SaslPrep() {}

    /**
     * Prepares a text.
     *
     * @param text as configured
     * @return the prepared text, or empty when RFC 4013 §2.3 forbids it or nothing is left of it
     */
    static Optional<String> prepared(String text) {
        if (text.chars().allMatch(c -> c > 31 && c < 127)) {
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }
        StringBuilder mapped = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> !mappedToNothing(c))
                .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c) // RFC 4013 §2.1, C.1.2
                .forEach(mapped::appendCodePoint);
        String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        boolean allowed = !normal.isEmpty() && normal.codePoints().noneMatch(SaslPrep::prohibited) && directed(normal);
        return allowed ? Optional.of(normal) : Optional.empty();
    }

    /** RFC 3454 B.1. */
    private static boolean mappedToNothing(int c) {
        return c == 0xad
                || c == 0x34f
                || c == 0x1806
                || c >= 0x180b && c <= 0x180d
                || c >= 0x200b && c <= 0x200d
                || c == 0x2060
                || c >= 0xfe00 && c <= 0xfe0f
                || c == 0xfeff;
    }

    /** RFC 4013 §2.3: RFC 3454 C.1.2, C.2 to C.9. */
    private static boolean prohibited(int c) {
        boolean control = Character.isISOControl(c)
                || c == 0x6dd
                || c == 0x70f
                || c == 0x180e
                || c >= 0x2028 && c <= 0x2029
                || c >= 0x2061 && c <= 0x2063
                || c >= 0x206a && c <= 0x206f
                || c >= 0xfff9 && c <= 0xfffd
                || c >= 0x1d173 && c <= 0x1d17a;
        boolean display = c == 0x340 || c == 0x341 || c >= 0x200e && c <= 0x200f || c >= 0x202a && c <= 0x202e;
        boolean description = c >= 0x2ff0 && c <= 0x2ffb;
        boolean noCharacter = (c & 0xfffe) == 0xfffe || c >= 0xfdd0 && c <= 0xfdef;
        int type = Character.getType(c);
        return control
                || display
                || description
                || noCharacter
                || type == Character.PRIVATE_USE
                || type == Character.SURROGATE
                || c >= 0xe0000 && c <= 0xe007f
                || c != ' ' && type == Character.SPACE_SEPARATOR;
    }

    /** RFC 3454 §6: a text with right-to-left letters has no left-to-right ones, and begins and ends with the former. */
    private static boolean directed(String text) {
        boolean right = text.codePoints().anyMatch(SaslPrep::rightToLeft);
        return !right
                || text.codePoints()
                                .noneMatch(
                                        c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT)
                        && rightToLeft(text.codePointAt(0))
                        && rightToLeft(text.codePointBefore(text.length()));
    }

    private static boolean rightToLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }
}
