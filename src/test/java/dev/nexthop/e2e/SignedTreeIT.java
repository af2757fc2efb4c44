package dev.nexthop.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The kit for scenarios with DNSSEC does what it says: what Unbound tells of each kind of zone. */
@Tag("unbound")
class SignedTreeIT {
    @RegisterExtension
    final Scenario scenario = new Scenario();

    @Test
    void unboundTellsSecureFromInsecureFromBogus() throws Exception {
        SignedTree tree = scenario.closing(SignedTree.serve(
                scenario.folder("nsd"),
                SignedZone.signed("example.test", """
                        @            MX    10 mx1
                        mx1          A     127.0.0.1
                        mx2          A     127.0.0.1
                        mx2          AAAA  ::1
                        out          CNAME www.plain.test.
                        _25._tcp.mx1 TLSA  3 1 1 %s
                        """.formatted("0a".repeat(32))).bogus("mx2", "A"),
                SignedZone.signed("three.test", "www A 127.0.0.1").nsec3(),
                SignedZone.signed("wrong.test", "www A 127.0.0.1").wronglyDelegated(),
                SignedZone.signed("old.test", "www A 127.0.0.1").expired(),
                SignedZone.unsigned("plain.test", "www A 127.0.0.1\nin CNAME mx1.example.test.")));
        UnboundPeer unbound = scenario.closing(UnboundPeer.validating(scenario.folder("unbound"), tree));
        InetSocketAddress at = unbound.address();
        assertThat(asked(at, "example.test.", Type.MX)).isEqualTo("NOERROR AD 2");
        assertThat(asked(at, "mx1.example.test.", Type.A)).isEqualTo("NOERROR AD 2");
        assertThat(asked(at, "_25._tcp.mx1.example.test.", Type.TLSA)).isEqualTo("NOERROR AD 2");
        assertThat(asked(at, "_26._tcp.mx1.example.test.", Type.TLSA)).isEqualTo("NXDOMAIN AD 0");
        assertThat(asked(at, "mx1.example.test.", Type.MX)).isEqualTo("NOERROR AD 0");
        assertThat(asked(at, "mx2.example.test.", Type.A)).isEqualTo("SERVFAIL 0");
        assertThat(asked(at, "mx2.example.test.", Type.AAAA)).isEqualTo("NOERROR AD 2");
        assertThat(asked(at, "out.example.test.", Type.A)).isEqualTo("NOERROR 3");
        assertThat(asked(at, "in.plain.test.", Type.A)).isEqualTo("NOERROR 3");
        assertThat(asked(at, "www.plain.test.", Type.A)).isEqualTo("NOERROR 1");
        assertThat(asked(at, "www.three.test.", Type.A)).isEqualTo("NOERROR AD 2");
        assertThat(asked(at, "none.three.test.", Type.A)).isEqualTo("NXDOMAIN AD 0");
        assertThat(asked(at, "www.wrong.test.", Type.A)).isEqualTo("SERVFAIL 0");
        assertThat(asked(at, "www.old.test.", Type.A)).isEqualTo("SERVFAIL 0");
        assertThat(asked(at, "gone.", Type.A)).isEqualTo("NXDOMAIN AD 0");

        tree.replace(SignedZone.signed("example.test", "mx2 A 127.0.0.2"));
        unbound.forget();
        assertThat(asked(at, "mx2.example.test.", Type.A)).isEqualTo("NOERROR AD 2");
        UnboundPeer credulous = scenario.closing(UnboundPeer.credulous(scenario.folder("credulous"), tree));
        assertThat(asked(credulous.address(), "mx2.example.test.", Type.A)).isEqualTo("NOERROR 2");
    }

    /** Code, AD, and how many records there are, signatures included. */
    private static String asked(InetSocketAddress server, String name, int type) throws Exception {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setEDNS(0, 4096, ExtendedFlags.DO);
        resolver.setTimeout(Duration.ofSeconds(5));
        Message answer =
                resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)));
        return Rcode.string(answer.getRcode())
                + (answer.getHeader().getFlag(Flags.AD) ? " AD " : " ")
                + answer.getSection(Section.ANSWER).size();
    }
}
