package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import java.util.Optional;

/** How secure a connection is. */
public sealed interface TlsVerdict {
    /** The word for the log. */
    String word();

    /** The version of TLS, such as {@code TLSv1.3}; empty in clear text. */
    String protocol();

    /** The cipher suite; empty in clear text. */
    String cipher();

    /** Clear text. */
    record Clear() implements TlsVerdict {
        @Override
        public String protocol() {
            return "";
        }

        @Override
        public String cipher() {
            return "";
        }

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
     * @param fault the fault by its type in RFC 8460 §4.3; empty when nobody looked
     */
    record Unverified(String protocol, String cipher, String why, Optional<TlsFault> fault) implements TlsVerdict {
        /** A certificate that nobody looked at; the parameters are those of the record. */
        public Unverified(String protocol, String cipher, String why) {
            this(protocol, cipher, why, Optional.empty());
        }

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

    /**
     * Encrypted to the host that its TLSA records tell of (RFC 7672 §3).
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipher the cipher suite
     * @param record the one that fitted
     */
    record Dane(String protocol, String cipher, TlsaRecord record) implements TlsVerdict {
        @Override
        public String word() {
            return "dane";
        }
    }

    /**
     * Encrypted because there are TLSA records, to somebody whom none of them tells of: they are not usable (RFC 7672 §2.2).
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipher the cipher suite
     * @param base the TLSA base domain
     */
    record Encrypted(String protocol, String cipher, String base) implements TlsVerdict {
        @Override
        public String word() {
            return "encrypted";
        }
    }

    /**
     * Encrypted to the host whose certificate was verified as an enforced MTA-STS policy wants it (RFC 8461 §4.2).
     *
     * @param protocol such as {@code TLSv1.3}
     * @param cipher the cipher suite
     * @param subject the certificate's subject
     */
    record Sts(String protocol, String cipher, String subject) implements TlsVerdict {
        @Override
        public String word() {
            return "mta-sts";
        }
    }
}
