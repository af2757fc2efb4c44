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
     */
    record Addresses(List<Inet4Address> v4, List<Inet6Address> v6, Optional<String> alias) implements AddressAnswer {
        /** Addresses of a name that is no alias; the parameters are those of the record. */
        public Addresses(List<Inet4Address> v4, List<Inet6Address> v6) {
            this(v4, v6, Optional.empty());
        }
    }

    /**
     * The name does not exist or has no address.
     *
     * @param reason one sentence
     */
    record None(String reason) implements AddressAnswer {}

    /**
     * DNS could not say; ask again later.
     *
     * @param reason one sentence
     */
    record TryLater(String reason) implements AddressAnswer {}
}
