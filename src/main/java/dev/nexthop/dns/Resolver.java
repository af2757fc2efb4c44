package dev.nexthop.dns;

import dev.nexthop.smtp.Domain;

/** DNS as a mail transfer agent sees it. Calls block, at most for the configured time. They never throw. */
public interface Resolver {
    /**
     * The hosts that receive mail for a domain (RFC 5321 §5.1, RFC 7505).
     *
     * @param domain a name, not a literal
     */
    MxAnswer mx(Domain domain);

    /**
     * The addresses of a host, CNAMEs followed.
     *
     * @param host a host name; an IP literal without brackets is answered without DNS
     */
    AddressAnswer addresses(String host);
}
