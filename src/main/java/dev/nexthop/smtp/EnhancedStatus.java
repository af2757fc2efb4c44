package dev.nexthop.smtp;

import java.util.Optional;

/**
 * An enhanced mail system status code (RFC 3463 §2): class, subject and detail.
 *
 * @param category the class: 2 success, 4 persistent transient failure, 5 permanent failure
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedStatus(int category, int subject, int detail) {
    /** Refuses numbers that RFC 3463 §2 does not allow. */
    public EnhancedStatus {
        if (category != 2 && category != 4 && category != 5) {
            throw new IllegalArgumentException("the class of an enhanced status code is 2, 4 or 5, not " + category);
        }
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException("subject and detail of an enhanced status code are 0 to 999");
        }
    }

    /**
     * Reads a code from the start of a reply's text.
     *
     * @param text such as {@code 5.1.1 no such user}
     * @return the code, or empty when the text does not start with one followed by a space or its end
     */
    public static Optional<EnhancedStatus> leading(String text) {
        int end = 0;
        int[] part = new int[3];
        int filled = 0;
        int digits = 0;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c >= '0' && c <= '9' && digits < 3) {
                part[filled] = part[filled] * 10 + (c - '0');
                digits++;
            } else if (c == '.' && digits > 0 && filled < 2) {
                filled++;
                digits = 0;
            } else {
                break;
            }
            end++;
        }
        boolean whole = filled == 2 && digits > 0 && (end == text.length() || text.charAt(end) == ' ');
        boolean allowed = part[0] == 2 || part[0] == 4 || part[0] == 5;
        return whole && allowed ? Optional.of(new EnhancedStatus(part[0], part[1], part[2])) : Optional.empty();
    }

    /**
     * The code in another class, as when a deferral becomes final: {@code 4.4.1} becomes {@code 5.4.1}.
     *
     * @param category 2, 4 or 5
     * @return the same subject and detail in that class
     */
    public EnhancedStatus inClass(int category) {
        return new EnhancedStatus(category, subject, detail);
    }

    @Override
    public String toString() {
        return category + "." + subject + "." + detail;
    }
}
