package dev.nexthop.dns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.List;
import java.util.Optional;

/** What DNS says about the addresses of a host. */
public sealed interface AddressAnswer {
    /**
     * At least one address.
     *
     * @param v4 IPv4 addresses, possibly none
     * @param v6 IPv6 addresses, possibly none
     * @param alias the name at the end of the CNAMEs, in lower case and without a trailing dot; empty when there are none
     * @param security what DNSSEC says
     */
    record Addresses(List<Inet4Address> v4, List<Inet6Address> v6, Optional<String> alias, Trust security)
            implements AddressAnswer {
        /** Addresses that DNSSEC says nothing about; the parameters are those of the record. */
        public Addresses(List<Inet4Address> v4, List<Inet6Address> v6, Optional<String> alias) {
            this(v4, v6, alias, Trust.NONE);
        }

        /** Addresses of a name that is no alias; the parameters are those of the record. */
        public Addresses(List<Inet4Address> v4, List<Inet6Address> v6) {
            this(v4, v6, Optional.empty());
        }
    }

    /**
     * What DNSSEC says about addresses (RFC 7672 §2.2.2 asks for both).
     *
     * @param whole the worst of the CNAMEs and of the records of both families
     * @param name of the name that was asked for: of its own CNAME record where it is an alias, bogus too where that could not
     *     be had; else as {@code whole}
     */
    record Trust(Security whole, Security name) {
        /** Nobody looked. */
        public static final Trust NONE = new Trust(Security.INDETERMINATE, Security.INDETERMINATE);
    }

    /**
     * The name does not exist or has no address.
     *
     * @param reason one sentence
     */
    record None(String reason) implements AddressAnswer {}

    /**
     * DNS could not say, or what it says is bogus; ask again later.
     *
     * @param reason one sentence
     * @param security {@link Security#BOGUS} when the signatures do not hold, else {@link Security#INDETERMINATE}
     */
    record TryLater(String reason, Security security) implements AddressAnswer {
        /** No answer at all; the parameter is that of the record. */
        public TryLater(String reason) {
            this(reason, Security.INDETERMINATE);
        }
    }
}
