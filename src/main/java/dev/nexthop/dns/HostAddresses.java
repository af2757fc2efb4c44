package dev.nexthop.dns;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** What the answers to the questions for A and AAAA records mean together. */
final class HostAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

    private HostAddresses() {}

    /**
     * One family is enough; without any, a failure of either leaves the question open. What DNSSEC says is the worse of
     * both, and a family that failed says nothing: dropping packets must not make an answer insecure.
     *
     * @param asked the host's name
     * @param four the answer for A
     * @param six the answer for AAAA
     */
    static AddressAnswer together(Name asked, RawAnswer four, RawAnswer six) {
        List<InetAddress> found = new ArrayList<>(addresses(four));
        found.addAll(addresses(six));
        List<RawAnswer.Trouble> troubles = Stream.of(four, six)
                .filter(RawAnswer.Trouble.class::isInstance)
                .map(RawAnswer.Trouble.class::cast)
                .toList();
        if (!found.isEmpty()) {
            Security whole = Stream.of(four, six)
                    .filter(answer -> !(answer instanceof RawAnswer.Trouble))
                    .map(RawAnswer::security)
                    .reduce(Security.SECURE, Security::and);
            AddressAnswer.Addresses bare = answer(found);
            return new AddressAnswer.Addresses(
                    bare.v4(),
                    bare.v6(),
                    alias(asked, four).or(() -> alias(asked, six)),
                    new AddressAnswer.Trust(whole, whole));
        }
        if (!troubles.isEmpty()) {
            RawAnswer.Trouble worst = troubles.stream()
                    .filter(trouble -> trouble.security() == Security.BOGUS)
                    .findFirst()
                    .orElse(troubles.getFirst());
            return new AddressAnswer.TryLater(worst.reason(), worst.security());
        }
        return new AddressAnswer.None(
                four instanceof RawAnswer.NoName none
                        ? none.reason()
                        : asked.toString(true) + " has neither an A nor an AAAA record");
    }

    /** The name whose records these are, when it is another than the one that was asked for. */
    private static Optional<String> alias(Name asked, RawAnswer answer) {
        return answer instanceof RawAnswer.Records found
                ? Optional.of(found.records().getFirst().getName())
                        .filter(owner -> !owner.equals(asked))
                        .map(owner -> owner.toString(true).toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    private static List<InetAddress> addresses(RawAnswer answer) {
        List<InetAddress> found = new ArrayList<>();
        if (answer instanceof RawAnswer.Records records) {
            for (Record record : records.records()) {
                switch (record) {
                    case ARecord a -> found.add(a.getAddress());
                    case AAAARecord aaaa when aaaa.getAddress() instanceof Inet6Address six -> found.add(six);
                    // An IPv4-mapped address is none that a packet could be sent to.
                    default -> LOG.debug("an address record without an address: {}", record);
                }
            }
        }
        return found;
    }

    /** Addresses that did not come from DNS, by family. */
    static AddressAnswer.Addresses answer(List<InetAddress> found) {
        List<Inet4Address> four = new ArrayList<>();
        List<Inet6Address> six = new ArrayList<>();
        for (InetAddress address : found) {
            switch (address) {
                case Inet4Address it -> four.add(it);
                case Inet6Address it -> six.add(it);
                default -> throw new IllegalStateException("an address of an unknown family: " + address);
            }
        }
        return new AddressAnswer.Addresses(List.copyOf(four), List.copyOf(six));
    }
}
