package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import java.util.List;

/**
 * How the certificate of a host is known through DANE (RFC 7672 §3). Connections may be shared where two sets are equal.
 *
 * @param records the usable records that count, at least one, in the order of the answer
 * @param base the TLSA base domain (RFC 7672 §2.2.3): the name for SNI, and the first reference identifier
 * @param names the reference identifiers for DANE-TA(2) (RFC 7672 §3.2.2), the base first
 */
public record TlsaSet(List<TlsaRecord> records, String base, List<String> names) {
    /** Copies the lists. */
    public TlsaSet {
        records = List.copyOf(records);
        names = List.copyOf(names);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("without a usable record nothing can be authenticated");
        }
    }
}
