package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dns.AddressAnswer;
import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.DnssecSettings;
import dev.nexthop.dns.MxAnswer;
import dev.nexthop.dns.ResolverSettings;
import dev.nexthop.dns.TlsaAnswer;
import dev.nexthop.dns.Verdict;
import dev.nexthop.smtp.Domain;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What our resolver says about signed, unsigned and broken zones: the same whether Unbound validates, or we do, straight
 * from the authority or through a resolver that does not look.
 */
@Tag("unbound")
class DnssecIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String DATA = "0a".repeat(32);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private SignedTree tree() throws Exception {
        return scenario.closing(SignedTree.serve(
                scenario.folder("nsd"),
                SignedZone.signed("example.test", """
                        @             MX    10 mx1
                        mx1           A     127.0.0.1
                        mx1           AAAA  ::1
                        mx2           A     127.0.0.1
                        half          A     127.0.0.1
                        half          AAAA  ::1
                        near          CNAME mx1
                        out           CNAME www.plain.test.
                        dead          CNAME gone.plain.test.
                        _25._tcp.mx1  TLSA  3 1 1 DATA
                        _25._tcp.mx1  TLSA  2 0 1 DATA
                        _25._tcp.mx2  TLSA  3 1 1 DATA
                        _25._tcp.near CNAME _25._tcp.mx1
                        _25._tcp.out  CNAME _tlsa.plain.test.
                        """.replace("DATA", DATA))
                        .bogus("mx2", "A")
                        .bogus("half", "AAAA")
                        .bogus("_25._tcp.mx2", "TLSA"),
                SignedZone.signed("three.test", "www A 127.0.0.1\n*.wild A 127.0.0.1")
                        .nsec3(),
                SignedZone.signed("wrong.test", "www A 127.0.0.1").wronglyDelegated(),
                SignedZone.signed("old.test", "@ MX 10 www\nwww A 127.0.0.1").expired(),
                SignedZone.unsigned("plain.test", """
                        @     MX    10 www
                        www   A     127.0.0.1
                        in    CNAME mx1.example.test.
                        _tlsa TLSA  3 1 1 DATA
                        """.replace("DATA", DATA))));
    }

    private static DnsjavaResolver resolver(InetSocketAddress server, DnssecSettings dnssec) {
        return DnsjavaResolver.of(new ResolverSettings(List.of(server), Duration.ofSeconds(5), 2, true, 1_000, dnssec));
    }

    private static DnssecSettings settings(DnssecSettings.Mode mode, SignedTree tree) throws Exception {
        return new DnssecSettings(mode, List.of(), Files.readString(tree.trustAnchor()), ".", "www.wrong.test");
    }

    @Test
    void unboundValidates() throws Exception {
        SignedTree tree = tree();
        UnboundPeer unbound = scenario.closing(UnboundPeer.validating(scenario.folder("unbound"), tree));
        same(resolver(unbound.address(), settings(DnssecSettings.Mode.TRUST_AD, tree)));
    }

    @Test
    void weValidateWhatTheAuthoritySays() throws Exception {
        SignedTree tree = tree();
        same(resolver(tree.address(), settings(DnssecSettings.Mode.VALIDATE, tree)));
    }

    @Test
    void weValidateWhatAResolverHandsOn() throws Exception {
        SignedTree tree = tree();
        UnboundPeer credulous = scenario.closing(UnboundPeer.credulous(scenario.folder("unbound"), tree));
        same(resolver(credulous.address(), settings(DnssecSettings.Mode.VALIDATE, tree)));
    }

    @Test
    void weValidateWhatAValidatingResolverHandsOn() throws Exception {
        SignedTree tree = tree();
        UnboundPeer unbound = scenario.closing(UnboundPeer.validating(scenario.folder("unbound"), tree));
        same(resolver(unbound.address(), settings(DnssecSettings.Mode.VALIDATE, tree)));
    }

    private static void same(DnsjavaResolver resolver) {
        assertThat(resolver.test()).isEqualTo(new Verdict.Able());
        SoftAssertions all = new SoftAssertions();
        for (String line : """
                mx example.test                   Hosts SECURE
                mx mx1.example.test               Implicit SECURE
                mx plain.test                     Hosts INSECURE
                mx old.test                       TryLater BOGUS
                mx www.three.test                 Implicit SECURE
                a mx1.example.test                Addresses SECURE SECURE
                a near.example.test               Addresses SECURE SECURE mx1.example.test
                a out.example.test                Addresses INSECURE SECURE www.plain.test
                a in.plain.test                   Addresses INSECURE INSECURE mx1.example.test
                a www.plain.test                  Addresses INSECURE INSECURE
                a mx2.example.test                TryLater BOGUS
                a half.example.test               Addresses SECURE SECURE
                a www.wrong.test                  TryLater BOGUS
                a www.old.test                    TryLater BOGUS
                a x.wild.three.test               Addresses SECURE SECURE
                a gone.example.test               None
                tlsa _25._tcp.mx1.example.test    Records 2 SECURE
                tlsa _25._tcp.near.example.test   Records 2 SECURE
                tlsa _25._tcp.out.example.test    Records 1 INSECURE
                tlsa _25._tcp.mx2.example.test    TryLater BOGUS
                tlsa _tlsa.plain.test             Records 1 INSECURE
                tlsa _26._tcp.mx1.example.test    None SECURE
                tlsa mx1.example.test             None SECURE
                tlsa dead.example.test            None INSECURE
                tlsa _25._tcp.www.three.test      None SECURE
                tlsa _25._tcp.www.plain.test      None INSECURE
                tlsa _25._tcp.www.wrong.test      TryLater BOGUS
                tlsa gone.nowhere                 None SECURE
                """.lines().toList()) {
            String[] words = line.split(" +", 3);
            all.assertThat(said(resolver, words[0], words[1])).as(line).isEqualTo(words[2]);
        }
        all.assertAll();
    }

    private static String said(DnsjavaResolver resolver, String what, String name) {
        return switch (what) {
            case "mx" ->
                switch (resolver.mx(new Domain(name))) {
                    case MxAnswer.Hosts hosts -> "Hosts " + hosts.security();
                    case MxAnswer.Implicit implicit -> "Implicit " + implicit.security();
                    case MxAnswer.TryLater later -> "TryLater " + later.security();
                    case MxAnswer other -> other.toString();
                };
            case "a" ->
                switch (resolver.addresses(name)) {
                    case AddressAnswer.Addresses found ->
                        ("Addresses " + found.security().whole() + " "
                                        + found.security().name() + " "
                                        + found.alias().orElse(""))
                                .strip();
                    case AddressAnswer.None _ -> "None";
                    case AddressAnswer.TryLater later -> "TryLater " + later.security();
                };
            default ->
                switch (resolver.tlsa(name)) {
                    case TlsaAnswer.Records found ->
                        "Records " + found.records().size() + " " + found.security();
                    case TlsaAnswer.None none -> "None " + none.security();
                    case TlsaAnswer.TryLater later -> "TryLater " + later.security();
                };
        };
    }

    @Test
    void aResolverThatDoesNotLookIsFoundOut() throws Exception {
        SignedTree tree = tree();
        UnboundPeer credulous = scenario.closing(UnboundPeer.credulous(scenario.folder("unbound"), tree));
        DnsjavaResolver resolver = resolver(credulous.address(), settings(DnssecSettings.Mode.TRUST_AD, tree));
        assertThat(resolver.test())
                .isInstanceOfSatisfying(
                        Verdict.Unable.class,
                        unable -> assertThat(unable.reason()).contains("www.wrong.test"));
        assertThat(said(resolver, "mx", "example.test")).isEqualTo("Hosts INDETERMINATE");
        assertThat(said(resolver, "mx", "plain.test")).isEqualTo("Hosts INDETERMINATE");
    }

    @Test
    void theServerSaysWhetherDaneCanBe() throws Exception {
        SignedTree tree = tree();
        UnboundPeer credulous = scenario.closing(UnboundPeer.credulous(scenario.folder("credulous"), tree));
        UnboundPeer unbound = scenario.closing(UnboundPeer.validating(scenario.folder("unbound"), tree));
        String test = "self-test.bogus = \"www.wrong.test\"\n";
        ServerFile file = ServerFile.in(scenario.home()).part("resolver", credulous.resolver() + test);
        NexthopProcess server = scenario.closing(NexthopProcess.start(file));
        server.logged("event=alarm subject=dnssec");
        assertThat(server.readiness()).startsWith("ready\n").contains("dnssec unable: the resolver does not validate");
        for (String resolver : List.of(
                unbound.resolver(),
                credulous.resolver() + "dnssec = \"validate\"\ntrust-anchors = \"" + tree.trustAnchor() + "\"\n")) {
            file.part("resolver", resolver + test).write();
            server.reload();
            Await.value("the test", LIMIT, server::readiness, said -> said.contains("\ndnssec able\n"));
        }
        String log = server.logged("event=relief subject=dnssec");
        assertThat(log.split("event=relief subject=dnssec", -1)).hasSize(2);
        assertThat(log.split("event=alarm subject=dnssec", -1)).hasSize(2);
    }
}
