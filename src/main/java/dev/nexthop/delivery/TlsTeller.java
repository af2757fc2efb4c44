package dev.nexthop.delivery;

import dev.nexthop.client.Answer;
import dev.nexthop.client.Capabilities;
import dev.nexthop.client.ClientSession;
import dev.nexthop.client.Response;
import dev.nexthop.client.Target;
import dev.nexthop.event.Events;
import dev.nexthop.event.TlsEvent;
import dev.nexthop.mail.Step;
import dev.nexthop.mail.TlsFault;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.StsAnswer.Trouble;
import dev.nexthop.tls.TlsPolicy;
import dev.nexthop.tls.TlsVerdict;
import java.util.Optional;

/** Tells of each connection that somebody is told of how secure it came to be (RFC 8460 §4.3), and of hosts that offer STARTTLS no more. */
final class TlsTeller {
    private final Events events;
    private final StartTlsMemory memory;

    TlsTeller(Events events, StartTlsMemory memory) {
        this.events = events;
        this.memory = memory;
    }

    /** A connection was opened. */
    void opened(Courier.Stop stop, ClientSession session) {
        Target target = stop.target();
        boolean clear = session.tls() instanceof TlsVerdict.Clear;
        boolean offered = !clear || session.capabilities().has(Capabilities.Extension.STARTTLS);
        boolean asked = target.tls().startTlsInForce() != StartTls.DISABLE;
        remember(stop, offered);
        if (clear && !asked) {
            return; // Nobody tried, so nobody knows whether TLS would have come about.
        }
        Optional<Trouble> trouble = trouble(session.tls(), target);
        stop.report().ifPresent(report -> tell(report, target, report.trouble().or(() -> trouble)));
    }

    /** A connection did not come about, for a reason that may have to do with TLS. */
    void failed(Courier.Stop stop, Answer answer) {
        Target target = stop.target();
        Optional<TlsFault> fault = switch (answer.response()) {
            case Response.Insecure(String _, boolean offered, TlsFault found) -> {
                remember(stop, offered);
                yield Optional.of(found);
            }
            case Response.Replied _,
                    Response.Unreachable _,
                    Response.NotBegun _,
                    Response.Lost _,
                    Response.TimedOut _,
                    Response.Nonsense _,
                    Response.NoLogin _,
                    Response.Unable _,
                    Response.Unreadable _ ->
                answer.step() == Step.TLS ? Optional.of(TlsFault.VALIDATION_FAILURE) : Optional.empty();
        };
        if (fault.isPresent() && stop.report().isPresent()) {
            String reason = Classifier.reason(answer, stop);
            tell(stop.report().get(), target, Optional.of(new Trouble(fault.get(), reason)));
        }
    }

    private static Optional<Trouble> trouble(TlsVerdict verdict, Target target) {
        return switch (verdict) {
            case TlsVerdict.Clear _ ->
                Optional.of(new Trouble(TlsFault.STARTTLS_NOT_SUPPORTED, target.host() + " does not offer STARTTLS"));
            case TlsVerdict.Unverified(String _, String _, String why, Optional<TlsFault> fault) ->
                target.tls().policy() instanceof TlsPolicy.Testing
                        ? fault.map(one -> new Trouble(one, "the certificate of " + target.host() + ": " + why))
                        : Optional.empty();
            case TlsVerdict.Verified _,
                    TlsVerdict.Pinned _,
                    TlsVerdict.Dane _,
                    TlsVerdict.Encrypted _,
                    TlsVerdict.Sts _ -> Optional.empty();
        };
    }

    private void tell(MxPolicies.Report report, Target target, Optional<Trouble> trouble) {
        events.tls(new TlsEvent(
                report.subject().name().name(),
                report.subject().forReport(),
                report.policy(),
                target.host(),
                target.ip(),
                target.source().map(java.net.InetAddress::getHostAddress).orElse(""),
                trouble.map(Trouble::fault),
                trouble.map(Trouble::reason).orElse("")));
    }

    /** Of MX hosts; what STARTTLS is to a configured host, its settings say. */
    private void remember(Courier.Stop stop, boolean offered) {
        if (stop.configured()) {
            return;
        }
        String host = stop.target().host();
        switch (offered ? memory.offered(host) : memory.missing(host)) {
            case NONE -> {}
            case LOST ->
                events.alarm(
                        "starttls",
                        "MX host " + host + " offered STARTTLS and does so no more: perhaps somebody listens;"
                                + " queue.outbound.tls.remember makes mail wait then");
            case BACK -> events.relief("starttls", "MX host " + host + " offers STARTTLS again");
        }
    }
}
