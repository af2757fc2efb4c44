package dev.nexthop.dns;

/**
 * A TLSA record as it stands in DNS (RFC 6698 §2.1); whether it is of any use is not decided here.
 *
 * @param usage 0 to 255: 2 for DANE-TA, 3 for DANE-EE
 * @param selector 0 to 255: 0 for the certificate, 1 for its public key
 * @param matching 0 to 255: 0 for the thing itself, 1 for its SHA-256, 2 for its SHA-512
 * @param hex the certificate association data, in hexadecimal digits in lower case; perhaps empty
 */
public record TlsaRecord(int usage, int selector, int matching, String hex) {
    /** The record in the form of a zone file, {@code 3 1 1 0a1b…}. */
    @Override
    public String toString() {
        return usage + " " + selector + " " + matching + " " + hex;
    }
}
