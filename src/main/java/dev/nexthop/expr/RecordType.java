package dev.nexthop.expr;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code dns_query} can ask for (RFC 1035 §3.2.2, RFC 3596 §2.1). */
public enum RecordType {
    /** Addresses of both families. */
    IP("ip"),
    /** Addresses of IPv4. */
    IPV4("ipv4"),
    /** Addresses of IPv6. */
    IPV6("ipv6"),
    /** Mail exchangers, the most preferred first. */
    MX("mx"),
    /** Texts. */
    TXT("txt"),
    /** The names of an address. */
    PTR("ptr");

    private final String word;

    RecordType(String word) {
        this.word = word;
    }

    static @Nullable RecordType of(String word) {
        for (RecordType type : values()) {
            if (type.word.equalsIgnoreCase(word)) {
                return type;
            }
        }
        return null;
    }

    /** All words, for people. */
    static String all() {
        return String.join(", ", words());
    }

    static List<String> words() {
        return Arrays.stream(values()).map(RecordType::word).toList();
    }

    /**
     * The word that an expression uses.
     *
     * @return the word, in lower case
     */
    public String word() {
        return word;
    }
}
