package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import java.util.List;

/** What DANE asks of the connection to one host (RFC 7672 §2.2). */
public sealed interface DanePlan {
    /** The section of the standard that decides, such as {@code RFC 7672 §2.2.1}. */
    String rule();

    /**
     * DANE has no say.
     *
     * @param reason one clause
     * @param rule as above
     */
    record NotApplicable(String reason, String rule) implements DanePlan {}

    /**
     * There are records, none is usable: TLS is required, and the certificate proves nothing.
     *
     * @param reason one clause
     * @param base the TLSA base domain
     * @param records as published, for reports
     * @param rule as above
     */
    record Unauthenticated(String reason, String base, List<TlsaRecord> records, String rule) implements DanePlan {
        /** Copies the list. */
        public Unauthenticated {
            records = List.copyOf(records);
        }
    }

    /**
     * The host must have the certificate that its records tell of.
     *
     * @param set the records that count
     * @param records as published, for reports
     * @param rule as above
     */
    record Authenticate(TlsaSet set, List<TlsaRecord> records, String rule) implements DanePlan {
        /** Copies the list. */
        public Authenticate {
            records = List.copyOf(records);
        }
    }

    /**
     * The host is not used, and the mail waits.
     *
     * @param reason one clause
     * @param fault by its type in RFC 8460 §4.3
     * @param rule as above
     */
    record Skip(String reason, TlsFault fault, String rule) implements DanePlan {}
}
