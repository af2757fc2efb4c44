package dev.nexthop.dns;

import java.util.List;

/** What DNS says about who receives mail for a domain. */
public sealed interface MxAnswer {
    /**
     * The domain has MX records.
     *
     * @param hosts at least one, sorted by preference, equal preferences in the order of the answer
     * @param security what DNSSEC says about the records and the CNAMEs before them
     */
    record Hosts(List<MxHost> hosts, Security security) implements MxAnswer {
        /** Hosts that DNSSEC says nothing about; the parameter is that of the record. */
        public Hosts(List<MxHost> hosts) {
            this(hosts, Security.INDETERMINATE);
        }
    }

    /**
     * The domain exists without MX records: it is its own mail host (RFC 5321 §5.1).
     *
     * @param host the domain's name
     * @param security what DNSSEC says about the proof that there are none
     */
    record Implicit(String host, Security security) implements MxAnswer {
        /** A domain that DNSSEC says nothing about; the parameter is that of the record. */
        public Implicit(String host) {
            this(host, Security.INDETERMINATE);
        }
    }

    /** The domain says that it takes no mail (RFC 7505 §3). */
    record NullMx() implements MxAnswer {}

    /**
     * The domain does not exist.
     *
     * @param reason one sentence
     */
    record NoSuchDomain(String reason) implements MxAnswer {}

    /**
     * DNS could not say, or what it says is bogus; ask again later.
     *
     * @param reason one sentence
     * @param security {@link Security#BOGUS} when the signatures do not hold, else {@link Security#INDETERMINATE}
     */
    record TryLater(String reason, Security security) implements MxAnswer {
        /** No answer at all; the parameter is that of the record. */
        public TryLater(String reason) {
            this(reason, Security.INDETERMINATE);
        }
    }
}
