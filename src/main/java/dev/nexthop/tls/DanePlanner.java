package dev.nexthop.tls;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.mail.TlsFault;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Decides by RFC 7672 what DANE asks of one host. It asks DNS for TLSA records, for others it is told the answers. */
public final class DanePlanner {
    private static final String DISCOVERY = "RFC 7672 §2.2";
    private static final String ERRORS = "RFC 7672 §2.1.2";
    private static final String MX = "RFC 7672 §2.2.1";
    private static final String ADDRESSES = "RFC 7672 §2.2.2";
    private static final String RECORDS = "RFC 7672 §2.2.3";

    /**
     * A signed zone proves that it has no records, and an unsigned one that it is unsigned. Where another resolver answers,
     * which nobody can believe, the one that validates may have been made to fail: no proof is no answer.
     */
    private static final String UNPROVEN =
            "the answer comes from a resolver that does not validate, and proves nothing";

    private DanePlanner() {}

    /**
     * What is known of a host.
     *
     * @param wish what DANE is to it
     * @param source of the answer that named it; {@link Security#SECURE} for a host that an operator named
     * @param name the host, in lower case A-labels, without a trailing dot
     * @param nextHop the name that the MX records are of; the host itself where there are none
     * @param addresses what DNS says of its addresses
     * @param port where it listens
     */
    public record Host(
            PolicyWish wish,
            Security source,
            String name,
            String nextHop,
            AddressAnswer.Addresses addresses,
            int port) {}

    /**
     * Decides.
     *
     * @param host what is known
     * @param tlsa asks DNS for the TLSA records of a name
     */
    public static DanePlan plan(Host host, Function<String, TlsaAnswer> tlsa) {
        if (host.wish() == PolicyWish.DISABLE) {
            return new DanePlan.NotApplicable("DANE is not asked for", "queue.outbound.tls.dane");
        }
        DanePlan plan = applicable(host, tlsa);
        return host.wish() == PolicyWish.OPTIONAL ? plan : required(plan, host);
    }

    private static DanePlan required(DanePlan plan, Host host) {
        String missing = "DANE is required for " + host.name() + ", and ";
        return switch (plan) {
            case DanePlan.NotApplicable(String reason, String rule) ->
                new DanePlan.Skip(missing + reason, TlsFault.DANE_REQUIRED, rule);
            case DanePlan.Unauthenticated none ->
                new DanePlan.Skip(missing + none.reason(), TlsFault.DANE_REQUIRED, none.rule());
            case DanePlan.Authenticate found -> found;
            case DanePlan.Skip skip -> skip;
        };
    }

    private static DanePlan applicable(Host host, Function<String, TlsaAnswer> tlsa) {
        switch (host.source()) {
            case SECURE -> {}
            case INSECURE -> {
                return new DanePlan.NotApplicable("the MX records of " + host.nextHop() + " are not signed", MX);
            }
            case INDETERMINATE -> {
                return new DanePlan.NotApplicable(
                        "nobody who can be believed has validated the MX records of " + host.nextHop(), MX);
            }
            case BOGUS -> {
                return new DanePlan.Skip(
                        "the signatures of the MX records of " + host.nextHop() + " do not hold",
                        TlsFault.DNSSEC_INVALID,
                        ERRORS);
            }
        }
        List<String> bases = new ArrayList<>();
        Optional<DanePlan> none = bases(host, bases);
        if (none.isPresent()) {
            return none.get();
        }
        String nothing = "";
        for (String base : bases) {
            String name = "_" + host.port() + "._tcp." + base;
            switch (tlsa.apply(name)) {
                case TlsaAnswer.Records found
                when found.security() == Security.SECURE -> {
                    return usable(host, base, found.records());
                }
                case TlsaAnswer.Records found
                when found.security() == Security.BOGUS -> {
                    return bogus(name, "the signatures of the TLSA records do not hold");
                }
                case TlsaAnswer.Records found
                when found.security() == Security.INDETERMINATE -> {
                    return bogus(name, UNPROVEN);
                }
                case TlsaAnswer.Records _ -> nothing = "the TLSA records of " + name + " are not signed";
                case TlsaAnswer.None(String reason, Security security) -> {
                    if (security == Security.BOGUS) {
                        return bogus(name, reason);
                    }
                    if (security == Security.INDETERMINATE) {
                        return bogus(name, UNPROVEN);
                    }
                    nothing = name + " has no TLSA record";
                }
                case TlsaAnswer.TryLater(String reason, Security _) -> {
                    return bogus(name, reason);
                }
            }
        }
        return new DanePlan.NotApplicable(nothing, RECORDS);
    }

    private static DanePlan bogus(String name, String reason) {
        return new DanePlan.Skip(
                "the TLSA records of " + name + " can't be had: " + reason, TlsFault.DNSSEC_INVALID, ERRORS);
    }

    /** The names under which TLSA records may be, the better first; or why there is none. */
    private static Optional<DanePlan> bases(Host host, List<String> bases) {
        AddressAnswer.Trust trust = host.addresses().security();
        Optional<String> alias = host.addresses().alias();
        if (trust.whole() == Security.BOGUS || trust.name() == Security.BOGUS) {
            return Optional.of(new DanePlan.Skip(
                    "the signatures of the addresses of " + host.name() + " do not hold",
                    TlsFault.DNSSEC_INVALID,
                    ERRORS));
        }
        if (trust.whole() == Security.SECURE) {
            alias.ifPresent(bases::add);
            if (alias.filter(host.name()::equals).isEmpty()) {
                bases.add(host.name());
            }
            return Optional.empty();
        }
        if (alias.isPresent() && trust.name() == Security.SECURE) {
            bases.add(host.name()); // Somewhere behind it the chain is unsigned; the name itself is not.
            return Optional.empty();
        }
        return Optional.of(new DanePlan.NotApplicable(
                "the addresses of " + host.name()
                        + (trust.whole() == Security.INSECURE ? " are not signed" : " are not validated"),
                ADDRESSES));
    }

    private static DanePlan usable(Host host, String base, List<TlsaRecord> records) {
        List<TlsaRecord> usable = TlsaUse.counting(records);
        if (usable.isEmpty()) {
            return new DanePlan.Unauthenticated(
                    "none of the " + records.size() + " TLSA records of " + base + " is usable: "
                            + TlsaUse.fault(records.getFirst()).orElse("no record"),
                    base,
                    records,
                    DISCOVERY);
        }
        Set<String> names = new LinkedHashSet<>(List.of(base));
        names.add(host.nextHop());
        return new DanePlan.Authenticate(new TlsaSet(usable, base, List.copyOf(names)), records, DISCOVERY);
    }
}
