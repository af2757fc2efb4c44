package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.client.FaultServer;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.tls.DaneCell;
import dev.nexthop.tls.TestChains;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The table of DANE, asked of Postfix: {@code posttls-finger -l dane-only} authenticates where the table says so and
 * nowhere else. DNS is Unbound over signed zones of the test, each cell has a server of its own on port 25.
 */
@Tag("unbound")
@Tag("postfix")
class DaneAgreementIT {
    private static final String VERIFIED = "Verified TLS connection established";

    /** Where Postfix is known to do otherwise, and why. */
    private static final Map<String, String> OTHERWISE = Map.of();

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final StringBuilder signed = new StringBuilder();
    private final StringBuilder unsigned = new StringBuilder();
    private final List<String[]> bogus = new ArrayList<>();
    private final List<SignedZone> zones = new ArrayList<>();

    private record Asked(int number, DaneCell cell, TestChains.Chain chain, String domain) {}

    /** Cells that DNS can be made to say; of others Postfix can't be asked. */
    private static boolean askable(DaneCell cell) {
        String all = cell.mx() + " " + cell.addresses() + " " + cell.tlsa();
        return cell.dane().equals("optional")
                && Stream.of("indeterminate", "failed", "bogus none", "insecure none", "empty")
                        .noneMatch(all::contains);
    }

    @Test
    void postfixAuthenticatesWhereTheTableSaysSo() throws Exception {
        Namespace namespace = scenario.closing(Namespace.openWithMounts());
        Network network = Network.of(namespace);
        List<Asked> asked = new ArrayList<>();
        for (DaneCell cell : DaneCell.all()) {
            if (askable(cell)) {
                asked.add(publish(asked.size() + 1, cell));
            }
        }
        SignedZone dane = SignedZone.signed("dane.test", signed.toString());
        bogus.forEach(one -> dane.bogus(one[0], one[1]));
        zones.add(dane);
        zones.add(SignedZone.unsigned("plain.test", unsigned.toString()));
        SignedTree tree = scenario.closing(
                SignedTree.serve(scenario.folder("nsd"), network, new InetSocketAddress("127.0.0.1", 5353), zones));
        scenario.closing(UnboundPeer.validating(
                scenario.folder("unbound"), tree, new InetSocketAddress("127.0.0.1", 53)));
        Path home = scenario.folder("postfix");
        Files.writeString(home.resolve("main.cf"), "compatibility_level = 3.6\ninet_protocols = ipv4\n");
        Files.writeString(home.resolve("resolv.conf"), "nameserver 127.0.0.1\noptions edns0 trust-ad\n");
        namespace.shell("mount --bind " + home.resolve("resolv.conf") + " \"$(realpath /etc/resolv.conf)\"");
        List<String> wrong = new ArrayList<>();
        for (Asked one : asked) {
            FaultServer server = namespace.inside(() -> FaultServer.start(
                    new InetSocketAddress("127.0.1." + one.number(), 25),
                    new FaultServer.Way(Dialect.SMTP, one.chain().context(), false)));
            try (server) {
                wrong.addAll(compare(one, namespace, home));
            }
        }
        assertThat(asked).hasSizeGreaterThan(60);
        assertThat(wrong).as(asked.size() + " cells").isEmpty();
    }

    private List<String> compare(Asked one, Namespace namespace, Path home) throws Exception {
        Command.Result result = new Command(
                        namespace.entering(List.of(
                                "env",
                                "MAIL_CONFIG=" + home,
                                "/usr/sbin/posttls-finger",
                                "-c",
                                "-l",
                                "dane-only",
                                "-t",
                                "5",
                                one.domain())),
                        Path.of("/"),
                        Map.of())
                .run();
        String said = result.text() + result.errors();
        boolean ours = one.cell().expected().startsWith("dane ");
        boolean theirs = said.contains(VERIFIED);
        if (OTHERWISE.containsKey(one.cell().toString()) == (ours != theirs)) {
            return List.of();
        }
        return List.of(one.cell() + ": we say " + one.cell().expected() + ", Postfix says:\n" + said);
    }

    /** Puts a cell into the zones. */
    private Asked publish(int number, DaneCell cell) {
        String c = "c" + number;
        boolean alias = cell.addresses().endsWith(" alias");
        String state = alias
                ? cell.addresses().substring(0, cell.addresses().length() - " alias".length())
                : cell.addresses();
        String zone = cell.mx().equals("insecure") ? "plain.test" : "dane.test";
        String own = state.equals("insecure") ? "plain.test" : "dane.test";
        String end = state.equals("half secure") ? "plain.test" : own;
        String domain = c + "." + zone;
        String host = "mx." + c + "." + own;
        String target = "target." + c + "." + end;
        line(zone, domain + ". MX 10 " + host + ".");
        if (cell.mx().equals("bogus")) {
            bogus.add(new String[] {domain + ".", "MX"});
        }
        String last = alias ? target : host;
        line(alias ? end : own, last + ". A 127.0.1." + number);
        if (alias) {
            line(own, host + ". CNAME " + target + ".");
        }
        if (state.equals("bogus")) {
            bogus.add(new String[] {last + ".", "A"});
        }
        TestChains.Chain chain = new TestChains(host, domain, target).of(cell.certificate());
        String words = cell.tlsa();
        if (alias) {
            String[] both = words.substring("target: ".length()).split("; own: ");
            tlsa(target, end, both[0], chain);
            tlsa(host, own, both[1], chain);
        } else {
            tlsa(host, own, words, chain);
        }
        return new Asked(number, cell, chain, domain);
    }

    private void tlsa(String host, String zone, String words, TestChains.Chain chain) {
        if (words.equals("none")) {
            return;
        }
        boolean insecure = words.startsWith("insecure ");
        boolean broken = words.startsWith("bogus ");
        String records = insecure || broken ? words.substring(words.indexOf(' ') + 1) : words;
        String name = "_25._tcp." + host + ".";
        String lines = Stream.of(records.split(", "))
                .map(text -> name + " TLSA " + DaneCell.record(text, chain))
                .collect(Collectors.joining("\n"));
        if (insecure) {
            zones.add(SignedZone.unsigned("_tcp." + host, lines));
        } else {
            line(zone, lines);
        }
        if (broken) {
            bogus.add(new String[] {name, "TLSA"});
        }
    }

    private void line(String zone, String text) {
        (zone.equals("dane.test") ? signed : unsigned).append(text).append('\n');
    }
}
