package dev.nexthop.delivery;

import dev.nexthop.dns.ALabels;
import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.Security;
import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.expr.EvaluationException;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Step;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.route.RecipientFacts.Host;
import dev.nexthop.route.RemoteHost;
import dev.nexthop.smtp.Ascii;
import dev.nexthop.smtp.Domain;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.tls.DanePlan;
import dev.nexthop.tls.DanePlanner;
import dev.nexthop.tls.PolicyWish;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TlsPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the domain of an attempt demands of the connections to its MX hosts, or the name of a configured host of those to itself
 * (RFC 8461 §3.4). DANE goes first and alone (RFC 8461 §2); where it has no say, an enforced MTA-STS policy does; where there is
 * neither, the settings. The policy of MTA-STS is asked for at most once,
 * and only when DANE leaves the question open or the settings require it.
 */
final class MxPolicies {
    private static final EnhancedStatus NOT_SECURE = new EnhancedStatus(4, 7, 5);

    private final Delivery.Around around;
    private final Terms terms;
    private final Subject subject;
    private final Domain domain;
    private final Security mx;
    private final PolicyWish mtaSts;
    private final Wish wish;
    private final Optional<RemoteHost> remote;

    /** Whether reports are made: of MX hosts always, of a configured host where its settings ask for its domain's policy. */
    private final boolean telling;

    private @Nullable StsAnswer sts;

    /** What the sender wants of TLS; asked only when a policy stands in the way, for it reads the header fields. */
    @FunctionalInterface
    interface Wish {
        /**
         * Reads it.
         *
         * @throws IOException when stable storage can't be read
         */
        TlsWish read() throws IOException;
    }

    /**
     * A domain.
     *
     * @param name of the recipients
     * @param mx what DNSSEC says of its MX answer
     * @param forReport whether what is sent there is a TLS report, which no report tells of (RFC 8460 §3)
     */
    record Subject(Domain name, Security mx, boolean forReport) {}

    /**
     * For the MX hosts of one attempt.
     *
     * @param around where answers come from
     * @param terms what the settings say
     * @param subject of the recipients
     * @param wish of the message
     */
    MxPolicies(Delivery.Around around, Terms terms, Subject subject, Wish wish) throws EvaluationException {
        this.around = around;
        this.terms = terms;
        this.subject = subject;
        this.domain = subject.name();
        this.mx = subject.mx();
        this.wish = wish;
        this.mtaSts = terms.mtaSts(new Host("", domain.name(), "", ""));
        this.remote = Optional.empty();
        this.telling = true;
    }

    /**
     * For a configured host. The policy domain is its name; that is the operator's word, and so as good as a signed answer
     * (RFC 7672 §2.2.2). What the sender wants of TLS changes nothing: which policies the host is under, our own settings say.
     *
     * @param around where answers come from
     * @param terms what the settings say
     * @param remote a host of a network
     * @param probing whether no mail goes there now, so that nobody is told
     */
    MxPolicies(Delivery.Around around, Terms terms, RemoteHost remote, boolean probing) {
        this.around = around;
        this.terms = terms;
        this.domain = new Domain(remote.address());
        this.mx = Security.SECURE;
        this.subject = new Subject(domain, mx, terms.forReport());
        this.wish = () -> TlsWish.NORMAL;
        this.mtaSts = remote.manner().policies().mtaSts();
        this.remote = Optional.of(remote);
        this.telling = !probing && mtaSts != PolicyWish.DISABLE;
    }

    /** What becomes of a host. */
    sealed interface Ruling {
        /**
         * It may be connected to.
         *
         * @param policy what the connection is under
         * @param report what the domain is told of it; empty when nobody looked for a policy
         */
        record Go(TlsPolicy policy, Optional<Report> report) implements Ruling {}

        /**
         * It gets no mail of this attempt.
         *
         * @param diagnosis why
         */
        record Skip(Diagnosis diagnosis) implements Ruling {}
    }

    /**
     * What a domain is told of the connections to one of its hosts (RFC 8460 §4.3).
     *
     * @param subject whose domain is told
     * @param policy that was applied
     * @param trouble that is there whatever becomes of the connection
     */
    record Report(Subject subject, TlsEvent.Policy policy, Optional<StsAnswer.Trouble> trouble) {}

    /**
     * Decides.
     *
     * @param name the MX host
     * @param addresses what DNS says of its addresses
     * @throws IOException when the header fields of the message can't be read
     */
    Ruling of(String name, AddressAnswer.Addresses addresses) throws EvaluationException, IOException {
        PolicyWish dane = dane(name);
        Ruling ruling = ruling(name, addresses, dane);
        boolean free = ruling instanceof Ruling.Go(TlsPolicy policy, var _)
                && (policy instanceof TlsPolicy.Settings || policy instanceof TlsPolicy.Testing);
        boolean ours = dane == PolicyWish.REQUIRE || mtaSts == PolicyWish.REQUIRE;
        // RFC 8689 §4.2.3: the sender would rather have it delivered; what we require ourselves still holds.
        return free || ours || wish.read() != TlsWish.NOT_REQUIRED
                ? ruling
                : new Ruling.Go(new TlsPolicy.Settings(mx == Security.SECURE), Optional.empty());
    }

    /**
     * Decides for the configured host.
     *
     * @param host the host, or its place
     * @param addresses what DNS says of its addresses
     */
    Ruling ofRemote(RemoteHost host, AddressAnswer.Addresses addresses) throws EvaluationException {
        Ruling ruling = ruling(host.address(), addresses, dane(host.address()));
        return !telling && ruling instanceof Ruling.Go(TlsPolicy policy, var _)
                ? new Ruling.Go(policy, Optional.empty())
                : ruling;
    }

    private Ruling ruling(String name, AddressAnswer.Addresses addresses, PolicyWish dane) throws EvaluationException {
        return switch (plan(name, addresses, dane)) {
            case DanePlan.Skip(String reason, TlsFault fault, String _) ->
                skip(name, ErrorKind.DANE, tlsa(name, List.of()), new StsAnswer.Trouble(fault, reason));
            case DanePlan.Authenticate found -> {
                Optional<Ruling> missing = missing(name);
                yield missing.isPresent()
                        ? missing.get()
                        : new Ruling.Go(
                                new TlsPolicy.Dane(found.set()),
                                Optional.of(report(tlsa(found.set().base(), found.records()), Optional.empty())));
            }
            case DanePlan.Unauthenticated none -> {
                Ruling other = byMtaSts(name, dane);
                yield other instanceof Ruling.Go(TlsPolicy policy, var _) && !(policy instanceof TlsPolicy.Sts)
                        ? new Ruling.Go(
                                new TlsPolicy.Encrypted(none.base()),
                                Optional.of(report(
                                        tlsa(none.base(), none.records()),
                                        Optional.of(new StsAnswer.Trouble(TlsFault.TLSA_INVALID, none.reason())))))
                        : other;
            }
            case DanePlan.NotApplicable _ -> byMtaSts(name, dane);
        };
    }

    /**
     * What DANE asks of a host.
     *
     * @param name the MX host
     * @param addresses what DNS says of its addresses
     */
    DanePlan plan(String name, AddressAnswer.Addresses addresses) throws EvaluationException {
        return plan(name, addresses, dane(name));
    }

    private PolicyWish dane(String name) throws EvaluationException {
        return remote.isPresent() ? remote.get().manner().policies().dane() : terms.dane(new Host("", name, "", ""));
    }

    private DanePlan plan(String name, AddressAnswer.Addresses addresses, PolicyWish dane) {
        return DanePlanner.plan(
                new DanePlanner.Host(
                        dane,
                        mx,
                        ascii(name),
                        ascii(domain.name()),
                        addresses,
                        remote.map(RemoteHost::port).orElse(terms.mxPort())),
                around.resolver()::tlsa);
    }

    /** The MTA-STS policy of the domain; empty where it is not asked for. */
    Optional<StsAnswer> mtaSts() throws EvaluationException {
        return mtaSts == PolicyWish.DISABLE ? Optional.empty() : Optional.of(answer());
    }

    /** A host that DNS can't be believed about; told to the domain where DANE is asked for. */
    void bogus(String name, String reason) throws EvaluationException {
        if (dane(name) != PolicyWish.DISABLE) {
            tell(tlsa(name.isEmpty() ? domain.name() : name, List.of()), name, TlsFault.DNSSEC_INVALID, reason);
        }
    }

    private Ruling byMtaSts(String name, PolicyWish dane) throws EvaluationException {
        boolean secure = mx == Security.SECURE;
        TlsPolicy settings = new TlsPolicy.Settings(secure);
        if (mtaSts == PolicyWish.DISABLE) {
            return new Ruling.Go(settings, dane == PolicyWish.DISABLE ? Optional.empty() : Optional.of(nothing()));
        }
        Optional<Ruling> missing = missing(name);
        if (missing.isPresent()) {
            return missing.get();
        }
        return switch (answer()) {
            case StsAnswer.None _ -> new Ruling.Go(settings, Optional.of(nothing()));
            case StsAnswer.Unknown(StsAnswer.Trouble trouble) ->
                new Ruling.Go(settings, Optional.of(report(sts(List.of(), List.of()), Optional.of(trouble))));
            case StsAnswer.Busy(String reason) -> busy(name, reason);
            case StsAnswer.Known(StsPolicy policy, var _) -> byPolicy(name, policy, secure);
        };
    }

    private Ruling byPolicy(String name, StsPolicy policy, boolean secure) {
        boolean named = policy.names(ascii(name));
        StsAnswer.Trouble stranger = new StsAnswer.Trouble(
                TlsFault.STS_POLICY_INVALID,
                "the MTA-STS policy of " + domain + " does not name " + name + " (RFC 8461 §4.1)");
        TlsEvent.Policy told = sts(lines(policy), policy.patterns());
        return switch (policy.mode()) {
            case NONE -> new Ruling.Go(new TlsPolicy.Settings(secure), Optional.of(nothing()));
            case TESTING ->
                new Ruling.Go(
                        new TlsPolicy.Testing(domain, secure || named),
                        Optional.of(report(told, named ? Optional.empty() : Optional.of(stranger))));
            case ENFORCE ->
                named
                        ? new Ruling.Go(new TlsPolicy.Sts(domain), Optional.of(report(told, Optional.empty())))
                        : skip(name, ErrorKind.MTA_STS, told, stranger);
        };
    }

    /** Under {@code mta-sts = require}: why there is no enforced policy. */
    private Optional<Ruling> missing(String name) throws EvaluationException {
        if (mtaSts != PolicyWish.REQUIRE) {
            return Optional.empty();
        }
        return switch (answer()) {
            case StsAnswer.Known(StsPolicy policy, var _)
            when policy.mode() == StsPolicy.Mode.ENFORCE -> Optional.empty();
            case StsAnswer.Known(StsPolicy policy, var _) ->
                Optional.of(unenforced(
                        name,
                        "the mode of its policy is " + policy.mode().name().toLowerCase(Locale.ROOT)));
            case StsAnswer.None(String reason) -> Optional.of(unenforced(name, reason));
            case StsAnswer.Unknown(StsAnswer.Trouble trouble) ->
                Optional.of(skip(name, ErrorKind.MTA_STS, sts(List.of(), List.of()), trouble));
            case StsAnswer.Busy(String reason) -> Optional.of(busy(name, reason));
        };
    }

    /** What this server has no room for is no matter for the reports of the domain. */
    private Ruling busy(String name, String reason) {
        return new Ruling.Skip(diagnosis(name, ErrorKind.MTA_STS, reason));
    }

    /** What we require and the domain never promised is no matter for its reports. */
    private Ruling unenforced(String name, String reason) {
        return new Ruling.Skip(diagnosis(
                name,
                ErrorKind.MTA_STS,
                "MTA-STS is required for " + domain + " ("
                        + remote.map(one -> "remote." + one.id()).orElse("queue.outbound") + ".tls.mta-sts), and "
                        + reason));
    }

    private StsAnswer answer() throws EvaluationException {
        StsAnswer known = sts;
        if (known == null) {
            known = around.policies().of(domain, terms.stsPatience(new Host("", domain.name(), "", "")));
            sts = known;
            if (known instanceof StsAnswer.Known(StsPolicy policy, Optional<StsAnswer.Trouble> trouble)
                    && trouble.isPresent()) {
                tell(
                        sts(lines(policy), policy.patterns()),
                        "",
                        trouble.get().fault(),
                        trouble.get().reason());
            }
        }
        return known;
    }

    private Ruling skip(String name, ErrorKind kind, TlsEvent.Policy policy, StsAnswer.Trouble trouble) {
        tell(policy, name, trouble.fault(), trouble.reason());
        return new Ruling.Skip(diagnosis(name, kind, trouble.reason()));
    }

    private Diagnosis diagnosis(String name, ErrorKind kind, String reason) {
        String who = remote.map(one -> "hop '" + one.id() + "'").orElse(name);
        return new Diagnosis(NOT_SECURE, kind, who + " is not used: " + reason, Optional.empty(), name, "", Step.DNS);
    }

    private void tell(TlsEvent.Policy policy, String host, TlsFault fault, String reason) {
        if (!telling) {
            return;
        }
        around.events()
                .tls(new TlsEvent(
                        domain.name(), subject.forReport(), policy, host, "", "", Optional.of(fault), reason));
    }

    private Report report(TlsEvent.Policy policy, Optional<StsAnswer.Trouble> trouble) {
        return new Report(subject, policy, trouble);
    }

    private Report nothing() {
        return report(
                new TlsEvent.Policy(TlsEvent.Kind.NO_POLICY_FOUND, domain.name(), List.of(), List.of()),
                Optional.empty());
    }

    private static TlsEvent.Policy tlsa(String base, List<TlsaRecord> records) {
        return new TlsEvent.Policy(
                TlsEvent.Kind.TLSA,
                base,
                records.stream().map(TlsaRecord::toString).toList(),
                List.of());
    }

    private TlsEvent.Policy sts(List<String> lines, List<String> patterns) {
        return new TlsEvent.Policy(TlsEvent.Kind.STS, domain.name(), lines, patterns);
    }

    /** A name as DNS and certificates write it. A domain that is its own MX host may have come in U-labels. */
    private static String ascii(String name) {
        return Ascii.only(name)
                ? name.toLowerCase(Locale.ROOT)
                : ALabels.of(new Domain(name)).map(Domain::name).orElse(name);
    }

    /** RFC 8460 §4.4 {@code policy-string}: the policy line by line. */
    private static List<String> lines(StsPolicy policy) {
        List<String> lines = new ArrayList<>(
                List.of("version: STSv1", "mode: " + policy.mode().name().toLowerCase(Locale.ROOT)));
        policy.patterns().forEach(pattern -> lines.add("mx: " + pattern));
        lines.add("max_age: " + policy.maxAge().toSeconds());
        return lines;
    }
}
