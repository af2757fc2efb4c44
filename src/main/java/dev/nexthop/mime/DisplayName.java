package dev.nexthop.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The name of a person or program in front of an address. */
public final class DisplayName {
    private static final int LONGEST = 200;

    private DisplayName() {}

    /**
     * The name as words of a header field: one quoted string (RFC 5322 §3.2.4), or encoded words (RFC 2047 §2) when it is not
     * ASCII; a line may be folded between them.
     *
     * @param name without control characters; what is beyond 200 characters is left out
     * @return none when the name is empty
     */
    public static List<String> words(String name) {
        if (name.isEmpty()) {
            return List.of();
        }
        boolean half = name.length() > LONGEST && Character.isHighSurrogate(name.charAt(LONGEST - 1));
        String bounded = name.length() > LONGEST ? name.substring(0, half ? LONGEST - 1 : LONGEST) : name;
        if (bounded.chars().allMatch(c -> c < 128)) {
            return List.of('"' + bounded.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        }
        List<String> words = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        bounded.codePoints().forEach(c -> {
            piece.appendCodePoint(c);
            if (piece.length() >= 10) { // 40 octets at most, so 56 in Base64: below the 75 of an encoded word
                words.add(encoded(piece.toString()));
                piece.setLength(0);
            }
        });
        if (!piece.isEmpty()) {
            words.add(encoded(piece.toString()));
        }
        return words;
    }

    private static String encoded(String piece) {
        return "=?utf-8?B?" + Base64.getEncoder().encodeToString(piece.getBytes(StandardCharsets.UTF_8)) + "?=";
    }
}
