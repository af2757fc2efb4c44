package dev.nexthop.tls;

/** A version of TLS that is spoken here; older ones never are (RFC 8996). In the order of age, the oldest first. */
public enum TlsVersion {
    /** RFC 5246. */
    V1_2("1.2"),
    /** RFC 8446. */
    V1_3("1.3");

    private final String number;

    TlsVersion(String number) {
        this.number = number;
    }

    /** As settings have it, such as {@code 1.3}. */
    @Override
    public String toString() {
        return number;
    }

    /** As the JDK has it, such as {@code TLSv1.3}. */
    public String protocol() {
        return "TLSv" + number;
    }
}
