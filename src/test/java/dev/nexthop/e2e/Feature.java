package dev.nexthop.e2e;

/** A row of the table of interoperability. */
enum Feature {
    CLEAR("in clear text"),
    STARTTLS("STARTTLS, certificate verified"),
    IMPLICIT_TLS("TLS from the first octet"),
    OTHER_NAME("certificate for another name"),
    PIN("self-signed certificate, pinned by its fingerprint"),
    OTHER_PIN("certificate with another fingerprint"),
    CLIENT_CERTIFICATE("our certificate, where the server asks for one"),
    PIPELINING("whole envelope in one flight"),
    LOCK_STEP("a server without extensions"),
    PLAIN("AUTH PLAIN"),
    LOGIN("AUTH LOGIN"),
    CRAM_MD5("AUTH CRAM-MD5"),
    SCRAM_SHA_1("AUTH SCRAM-SHA-1"),
    SCRAM_SHA_256("AUTH SCRAM-SHA-256"),
    XOAUTH2("AUTH XOAUTH2, token from a command"),
    OAUTHBEARER("AUTH OAUTHBEARER, token from a file"),
    STRONGEST("AUTH, the strongest of all"),
    AS_TOLD("AUTH, the one it is told to use"),
    NO_AUTH("AUTH, where loopback LMTP offers none"),
    WRONG_SECRET("AUTH with the wrong secret"),
    EIGHT_BIT("8BITMIME"),
    CONVERTED("8-bit content, converted for a server without 8BITMIME"),
    SIGNED("the same with a DKIM signature, which conversion would break"),
    ALWAYS("the same where it is told to convert whatever comes"),
    SMTPUTF8("SMTPUTF8"),
    SIZE("SIZE: larger than the server takes"),
    CHUNKING("CHUNKING, message and envelope in one flight"),
    DSN("DSN parameters"),
    LMTP_SOCKET("LMTP over a unix socket"),
    LMTP_MIXED("LMTP: one recipient fails after the content"),
    SOCKS("through a SOCKS5 proxy"),
    HTTP_CONNECT("through an HTTP CONNECT proxy");

    private final String words;
    private final boolean built;

    Feature(String words) {
        this(words, true);
    }

    Feature(String words, boolean built) {
        this.words = words;
        this.built = built;
    }

    /** Its name in the document. */
    String words() {
        return words;
    }

    /** Whether the server can do it, whatever is asked for. */
    boolean released() {
        return built;
    }

    /**
     * Whether the server can do it; its cells are run then. {@code -Dnexthop.interop=CHUNKING,DSN} runs those of features
     * that are being built, too.
     */
    boolean built() {
        return built || (",all," + System.getProperty("nexthop.interop", "") + ",").contains("," + name() + ",");
    }
}
