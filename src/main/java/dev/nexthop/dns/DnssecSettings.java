package dev.nexthop.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Who looks at signatures (RFC 4035), and how that is tested.
 *
 * @param mode who
 * @param trusted servers whose AD bit is believed besides those on loopback: the way to them has to be safe, too
 * @param anchors DS or DNSKEY records in the form of a zone file, for {@link Mode#VALIDATE}; empty for the root's keys
 *     that are shipped
 * @param signed a name that is signed, in the form that DNS has it, "." for the root; empty to skip that test
 * @param bogus a name with an address whose signatures are broken on purpose; empty to skip that test
 */
public record DnssecSettings(Mode mode, List<InetAddress> trusted, String anchors, String signed, String bogus) {
    /** The signed name that is asked for unless another is set. */
    public static final String SIGNED = ".";

    /** The bogus name that is asked for unless another is set; it is kept broken for tests like this one. */
    public static final String BOGUS = "dnssec-failed.org";

    /** The AD bit of servers on loopback is believed; the usual names are tested. */
    public static final DnssecSettings STANDARD = new DnssecSettings(Mode.TRUST_AD, List.of(), "", SIGNED, BOGUS);

    /** Nobody looks. */
    public static final DnssecSettings NONE = new DnssecSettings(Mode.OFF, List.of(), "", "", "");

    /** Who looks at signatures. */
    public enum Mode {
        /** Nobody: every answer is indeterminate. */
        OFF,
        /** The server, whose AD bit (RFC 4035 §3.2.3) is believed when it is on loopback or trusted. */
        TRUST_AD,
        /** We. */
        VALIDATE
    }

    /** Copies the list. */
    public DnssecSettings {
        trusted = List.copyOf(trusted);
    }

    /**
     * Whether the AD bit of a server counts under {@link Mode#TRUST_AD}.
     *
     * @param server with its address
     */
    public boolean trusts(InetSocketAddress server) {
        InetAddress address = server.getAddress();
        return address != null && (address.isLoopbackAddress() || trusted.contains(address));
    }
}
