package dev.nexthop.dns;

import java.util.List;
import java.util.Optional;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;

/** What the answer SERVFAIL of a validating server means: its extended error (RFC 8914 §4) tells, or a second question. */
enum ServerFailure {
    /** The signatures do not hold. */
    BOGUS,
    /** Something else failed: signatures were not the matter. */
    OTHER,
    /** It does not say: whether there is an answer without validation (CD, RFC 4035 §3.2.2) will tell. */
    UNCLEAR;

    private static final int MOST_SHOWN = 200;

    /** Reads a response. */
    static ServerFailure of(Message response) {
        List<ExtendedErrorCodeOption> errors = errors(response);
        if (errors.stream().anyMatch(error -> meaning(error.getErrorCode()) == BOGUS)) {
            return BOGUS;
        }
        boolean other = !errors.isEmpty() && errors.stream().allMatch(error -> meaning(error.getErrorCode()) == OTHER);
        return other ? OTHER : UNCLEAR;
    }

    private static ServerFailure meaning(int code) {
        return switch (code) {
            case ExtendedErrorCodeOption.DNSSEC_BOGUS,
                    ExtendedErrorCodeOption.SIGNATURE_EXPIRED,
                    ExtendedErrorCodeOption.SIGNATURE_NOT_YET_VALID,
                    ExtendedErrorCodeOption.DNSKEY_MISSING,
                    ExtendedErrorCodeOption.RRSIGS_MISSING,
                    ExtendedErrorCodeOption.NO_ZONE_KEY_BIT_SET,
                    ExtendedErrorCodeOption.NSEC_MISSING,
                    ExtendedErrorCodeOption.SIGNATURE_EXPIRED_BEFORE_VALID -> BOGUS;
            case ExtendedErrorCodeOption.NOT_READY,
                    ExtendedErrorCodeOption.BLOCKED,
                    ExtendedErrorCodeOption.CENSORED,
                    ExtendedErrorCodeOption.FILTERED,
                    ExtendedErrorCodeOption.PROHIBITED,
                    ExtendedErrorCodeOption.NOT_AUTHORITATIVE,
                    ExtendedErrorCodeOption.NOT_SUPPORTED,
                    ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY,
                    ExtendedErrorCodeOption.NETWORK_ERROR,
                    ExtendedErrorCodeOption.INVALID_DATA,
                    ExtendedErrorCodeOption.TOO_EARLY -> OTHER;
            // Other, indeterminate, a failure kept from before, what is not known yet.
            default -> UNCLEAR;
        };
    }

    /** What the server says about it, such as {@code " (DNSSEC_BOGUS: no keys)"}; empty when it says nothing. */
    static String words(Message response) {
        Optional<ExtendedErrorCodeOption> error = errors(response).stream().findFirst();
        if (error.isEmpty()) {
            return "";
        }
        String text = Optional.ofNullable(error.get().getText()).orElse("");
        String name = ExtendedErrorCodeOption.text(error.get().getErrorCode());
        return " (" + name + (text.isEmpty() ? "" : ": " + printable(text)) + ")";
    }

    /** What somebody else wrote, so that it can stand in a line of ours. */
    static String printable(String text) {
        String bounded = text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "\u2026" : text;
        return bounded.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }

    private static List<ExtendedErrorCodeOption> errors(Message response) {
        OPTRecord edns = response.getOPT();
        if (edns == null) {
            return List.of();
        }
        return edns.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).stream()
                .filter(ExtendedErrorCodeOption.class::isInstance)
                .map(ExtendedErrorCodeOption.class::cast)
                .toList();
    }
}
