package dev.nexthop.expr;

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

    /**
     * The word that an expression uses.
     *
     * @return the word, in lower case
     */
    public String word() {
        return word;
    }
}
