package dev.nexthop.mail;

/** The values of {@code last_error} in expressions, as in Stalwart 0.8 and later. */
public enum ErrorKind {
    /** No trouble. */
    NONE("none"),
    /** DNS gave no usable answer. */
    DNS("dns"),
    /** The server said no, or something that makes no sense. */
    UNEXPECTED_REPLY("unexpected-reply"),
    /** No connection, or it was lost. */
    CONNECTION("connection"),
    /** The handshake or the certificate. */
    TLS("tls"),
    /** DANE did not authenticate the host. */
    DANE("dane"),
    /** MTA-STS did not authenticate the host. */
    MTA_STS("mta-sts"),
    /** A rate was used up. */
    RATE("rate"),
    /** A concurrency was used up. */
    CONCURRENCY("concurrency"),
    /** Our own disk, directory or configuration. */
    IO("io");

    private final String word;

    ErrorKind(String word) {
        this.word = word;
    }

    /** The word that expressions compare with. */
    public String word() {
        return word;
    }
}
