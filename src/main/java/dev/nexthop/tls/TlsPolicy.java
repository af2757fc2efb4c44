package dev.nexthop.tls;

import dev.nexthop.smtp.Domain;

/** What a connection is under besides the settings: nothing, DANE, MTA-STS, or what the host did before. */
public sealed interface TlsPolicy {
    /** Why a host is held to what it offered before. */
    String LATELY = "the host offered STARTTLS lately (queue.outbound.tls.remember)";

    /** A host that an operator named, under nothing but its settings. */
    TlsPolicy CONFIGURED = new Settings(true);

    /**
     * Whether the name of the host comes from whom one can believe: an operator, a secure MX answer, or an MTA-STS policy
     * (RFC 8689 §4.2.1, step 1).
     */
    boolean authenticName();

    /** Why the connection must be encrypted whatever the settings say, one clause; empty where it need not. */
    String insistence();

    /**
     * The settings alone.
     *
     * @param authenticName as above
     */
    record Settings(boolean authenticName) implements TlsPolicy {
        @Override
        public String insistence() {
            return "";
        }
    }

    /**
     * The settings, and clear text is refused: the host offered STARTTLS lately.
     *
     * @param authenticName as above
     */
    record Remembered(boolean authenticName) implements TlsPolicy {
        @Override
        public String insistence() {
            return LATELY;
        }
    }

    /**
     * DANE, and nothing else counts (RFC 7672 §2.2, RFC 8461 §2).
     *
     * @param set how the certificate is known
     */
    record Dane(TlsaSet set) implements TlsPolicy {
        @Override
        public boolean authenticName() {
            return true;
        }

        @Override
        public String insistence() {
            return "the TLSA records of " + set.base() + " require STARTTLS (RFC 7672 §2.2)";
        }
    }

    /**
     * There are TLSA records and none is usable: encrypted, and the certificate counts only where the settings say so
     * (RFC 7672 §2.2).
     *
     * @param base the TLSA base domain
     */
    record Encrypted(String base) implements TlsPolicy {
        @Override
        public boolean authenticName() {
            return true;
        }

        @Override
        public String insistence() {
            return "the TLSA records of " + base + " require STARTTLS (RFC 7672 §2.2)";
        }
    }

    /**
     * An enforced MTA-STS policy that names the host (RFC 8461 §4.1).
     *
     * @param domain the policy domain
     */
    record Sts(Domain domain) implements TlsPolicy {
        @Override
        public boolean authenticName() {
            return true;
        }

        @Override
        public String insistence() {
            return "the MTA-STS policy of " + domain + " requires STARTTLS (RFC 8461 §4.2)";
        }
    }

    /**
     * An MTA-STS policy in testing: the settings decide, and what would have failed is told (RFC 8461 §5).
     *
     * @param domain the policy domain
     * @param authenticName as above; the policy names the host, or DNSSEC does
     * @param remembered whether clear text is refused, as by {@link Remembered}
     */
    record Testing(Domain domain, boolean authenticName, boolean remembered) implements TlsPolicy {
        /** For a host that is not held to anything; the parameters are those of the record. */
        public Testing(Domain domain, boolean authenticName) {
            this(domain, authenticName, false);
        }

        /** The same for a host that offered STARTTLS lately. */
        public Testing held() {
            return new Testing(domain, authenticName, true);
        }

        @Override
        public String insistence() {
            return remembered ? LATELY : "";
        }
    }
}
