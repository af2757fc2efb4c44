package dev.nexthop.dns;

import dev.nexthop.smtp.Domain;
import java.net.InetAddress;

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

    /**
     * The TXT records of a name, the strings of each joined (RFC 1035 §3.3.14).
     *
     * @param name any name that DNS can hold
     */
    TextAnswer texts(String name);

    /**
     * The names of an address (RFC 1035 §3.5, RFC 3596 §2.5).
     *
     * @param address an address of either family
     */
    TextAnswer names(InetAddress address);

    /**
     * Where a service is (RFC 2782), CNAMEs followed.
     *
     * @param name service, protocol and domain, such as {@code _submission._tcp.example.org}
     */
    ServiceAnswer services(String name);

    /**
     * How the certificate of a server is known (RFC 6698 §3), CNAMEs followed.
     *
     * @param name port, protocol and host, such as {@code _25._tcp.mx.example.org}
     */
    TlsaAnswer tlsa(String name);

    /** Whether what this says about DNSSEC can be believed, as far as it was tested; returns at once. */
    default Verdict verdict() {
        return new Verdict.Untested("nobody has tested it");
    }
}
