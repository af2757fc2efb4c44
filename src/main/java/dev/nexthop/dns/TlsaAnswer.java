package dev.nexthop.dns;

import java.util.List;

/** What DNS says about how a server's certificate is known (RFC 6698 §2, RFC 7672 §2.2). */
public sealed interface TlsaAnswer {
    /** What DNSSEC says about the answer. */
    Security security();

    /**
     * There are records. They count only when the answer is secure (RFC 7672 §2.1.1).
     *
     * @param records 1 to {@link #MOST}, in the order of the answer
     * @param security what DNSSEC says about the name, its CNAMEs and the records
     */
    record Records(List<TlsaRecord> records, Security security) implements TlsaAnswer {
        /** Copies the list. */
        public Records {
            records = List.copyOf(records);
        }
    }

    /**
     * There are none, or the name does not exist.
     *
     * @param reason one sentence
     * @param security what DNSSEC says about the proof of that
     */
    record None(String reason, Security security) implements TlsaAnswer {}

    /**
     * DNS could not say, or what it says is bogus; ask again later.
     *
     * @param reason one sentence
     * @param security {@link Security#BOGUS} when the signatures do not hold, else {@link Security#INDETERMINATE}
     */
    record TryLater(String reason, Security security) implements TlsaAnswer {}

    /** So many records of an answer are looked at: more would only cost time. */
    int MOST = 100;
}
