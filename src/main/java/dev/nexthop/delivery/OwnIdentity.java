package dev.nexthop.delivery;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Who we are, so that mail never loops through MX records that name us (RFC 5321 §5.1).
 *
 * @param names our host names in lower case, those that others see through a translator included
 * @param addresses our addresses, those that others see through a translator included
 */
public record OwnIdentity(Set<String> names, Set<InetAddress> addresses) {
    /** Copies the sets. */
    public OwnIdentity {
        Set<String> lower = new HashSet<>();
        names.forEach(name -> lower.add(plain(name)));
        names = Set.copyOf(lower);
        addresses = Set.copyOf(addresses);
    }

    /**
     * The given identity and every address of this machine but loopback.
     *
     * @param names our host names
     * @param more addresses that no interface shows
     * @throws SocketException when the interfaces can't be listed
     */
    public static OwnIdentity ofMachine(Set<String> names, Set<InetAddress> more) throws SocketException {
        Set<InetAddress> all = new HashSet<>(more);
        for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(one.getInetAddresses())) {
                if (!address.isLoopbackAddress()) {
                    all.add(address);
                }
            }
        }
        return new OwnIdentity(names, all);
    }

    boolean named(String host) {
        return names.contains(plain(host));
    }

    boolean at(InetAddress address) {
        return addresses.contains(address);
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
