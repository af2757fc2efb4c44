package dev.nexthop.config;

import dev.nexthop.dns.DnssecSettings;
import dev.nexthop.dns.ResolverSettings;
import dev.nexthop.tls.PolicyWish;
import java.net.InetSocketAddress;
import java.util.List;

/** Whether DANE, where it is asked for, has somebody to look at signatures. */
final class DnssecLints {
    private final Values values;
    private final ResolverSettings resolver;
    private final Surroundings surroundings;

    DnssecLints(Values values, ResolverSettings resolver, Surroundings surroundings) {
        this.values = values;
        this.resolver = resolver;
        this.surroundings = surroundings;
    }

    void run() {
        boolean wanted = values.given(SettingsQueue.DANE)
                && values.optional(SettingsQueue.DANE)
                        .flatMap(Constants::value)
                        .filter(wish -> wish == PolicyWish.DISABLE)
                        .isEmpty();
        if (!wanted) {
            return;
        }
        switch (resolver.dnssec().mode()) {
            case OFF -> say("DANE can never apply: resolver.dnssec is \"off\", and nobody looks at signatures");
            case TRUST_AD -> servers();
            case VALIDATE -> {}
        }
    }

    private void servers() {
        List<InetSocketAddress> asked =
                resolver.servers().isEmpty() ? surroundings.nameServers().get() : resolver.servers();
        DnssecSettings dnssec = resolver.dnssec();
        List<String> untrusted = asked.stream()
                .filter(server -> !dnssec.trusts(server))
                .map(InetSocketAddress::getHostString)
                .toList();
        if (untrusted.isEmpty()) {
            return;
        }
        say(
                untrusted.size() == asked.size()
                        ? "DANE can never apply: no DNS server is on loopback or in resolver.trusted"
                        : "DANE does not apply while " + String.join(", ", untrusted)
                                + " answers: it is neither on loopback nor in resolver.trusted");
    }

    private void say(String message) {
        values.wrong(SettingsQueue.DANE, Code.DANE_WITHOUT_DNSSEC, message, "");
    }
}
