package dev.nexthop.dns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.List;

/** What DNS says about the addresses of a host. */
public sealed interface AddressAnswer {
    /**
     * At least one address.
     *
     * @param v4 IPv4 addresses, possibly none
     * @param v6 IPv6 addresses, possibly none
     */
    record Addresses(List<Inet4Address> v4, List<Inet6Address> v6) implements AddressAnswer {}

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
