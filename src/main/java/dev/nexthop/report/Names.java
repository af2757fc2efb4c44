package dev.nexthop.report;

import dev.nexthop.dns.ALabels;
import dev.nexthop.smtp.Domain;

/** Names of domains as reports write them. */
final class Names {
    private Names() {}

    /** In lower case and A-labels (RFC 8460 §4.4); as it is when there is no such name. */
    static String ascii(String name) {
        try {
            Domain domain = new Domain(name);
            return ALabels.of(domain).orElse(domain).name();
        } catch (IllegalArgumentException e) {
            return Detail.cut(name); // too long, or empty: nobody can be asked about it
        }
    }

    /** Whether it is a name of a domain, and fit for a header and a file's name: no literal, nothing but LDH and underscore. */
    static boolean canBeAsked(String name) {
        return !name.isEmpty()
                && name.length() <= Domain.MAX_OCTETS - TlsrptRecord.LABEL.length()
                && name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-._".indexOf(c) >= 0);
    }
}
