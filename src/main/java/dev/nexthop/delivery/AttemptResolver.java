package dev.nexthop.delivery;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.ServiceAnswer;
import dev.nexthop.dns.TextAnswer;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.dns.Verdict;
import dev.nexthop.smtp.Domain;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * DNS for one attempt at the hosts of a domain, for no longer than {@link #LONGEST} at each preference: who runs the domain also
 * says how late its name servers answer, and for how many hosts. What is not known by then is to be tried later; a backup at a worse
 * preference has its own time, so that it is not shut out by what is amiss with the better ones. One thread.
 */
final class AttemptResolver implements Resolver {
    /** The longest that an attempt waits for DNS at one preference, all questions together; the last one ends in its own time. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private final Resolver resolver;
    private final LongSupplier nanos;
    private long spent;

    /**
     * An attempt that has asked nothing yet.
     *
     * @param resolver whom to ask
     * @param nanos the time, as {@link System#nanoTime} gives it
     */
    AttemptResolver(Resolver resolver, LongSupplier nanos) {
        this.resolver = resolver;
        this.nanos = nanos;
    }

    /** The next preference: it has its own time. */
    void renew() {
        spent = 0;
    }

    private <A> A within(String what, Supplier<A> question, Function<String, A> late) {
        if (spent >= LONGEST.toNanos()) {
            return late.apply("nobody was asked for the " + what
                    + ": the DNS look-ups for hosts of its preference took more than " + LONGEST.toSeconds() + " s");
        }
        long start = nanos.getAsLong();
        try {
            return question.get();
        } finally {
            spent += nanos.getAsLong() - start;
        }
    }

    @Override
    public MxAnswer mx(Domain domain) {
        return within("MX of " + domain, () -> resolver.mx(domain), MxAnswer.TryLater::new);
    }

    @Override
    public AddressAnswer addresses(String host) {
        return within("addresses of " + host, () -> resolver.addresses(host), AddressAnswer.TryLater::new);
    }

    @Override
    public TextAnswer texts(String name) {
        return within("TXT of " + name, () -> resolver.texts(name), TextAnswer.TryLater::new);
    }

    @Override
    public TextAnswer names(InetAddress address) {
        return within("names of " + address.getHostAddress(), () -> resolver.names(address), TextAnswer.TryLater::new);
    }

    @Override
    public ServiceAnswer services(String name) {
        return within("SRV of " + name, () -> resolver.services(name), ServiceAnswer.TryLater::new);
    }

    @Override
    public TlsaAnswer tlsa(String name) {
        return within(
                "TLSA of " + name,
                () -> resolver.tlsa(name),
                reason -> new TlsaAnswer.TryLater(reason, Security.INDETERMINATE));
    }

    @Override
    public Verdict verdict() {
        return resolver.verdict();
    }
}
