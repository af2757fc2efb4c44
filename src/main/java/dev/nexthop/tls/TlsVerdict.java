package dev.nexthop.tls;

/** How secure a connection is. */
public sealed interface TlsVerdict {
    /** The word for the log. */
    String word();

    /** Clear text. */
    record Clear() implements TlsVerdict {
        @Override
        public String word() {
            return "none";
        }
    }

    /**
     * Encrypted to somebody whose certificate was not verified.
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipher the cipher suite
     * @param why the first fault of the certificate, or that nobody looked
     */
    record Unverified(String protocol, String cipher, String why) implements TlsVerdict {
        @Override
        public String word() {
            return "unverified";
        }
    }

    /**
     * Encrypted to the host whose certificate was verified.
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipher the cipher suite
     * @param subject the certificate's subject
     */
    record Verified(String protocol, String cipher, String subject) implements TlsVerdict {
        @Override
        public String word() {
            return "verified";
        }
    }

    /**
     * Encrypted to the host whose certificate is one of those that were named.
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipher the cipher suite
     * @param pin the fingerprint that fitted
     */
    record Pinned(String protocol, String cipher, Fingerprint pin) implements TlsVerdict {
        @Override
        public String word() {
            return "pinned";
        }
    }
}
