package dev.nexthop.tls;

import dev.nexthop.smtp.Domain;

/** What a connection is under besides the settings: nothing, DANE, MTA-STS, or what the host did before. */
public sealed interface TlsPolicy {
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
            return "the host offered STARTTLS lately (queue.outbound.tls.remember)";
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
     */
    record Testing(Domain domain, boolean authenticName) implements TlsPolicy {
        @Override
        public String insistence() {
            return "";
        }
    }
}
