package dev.nexthop.sts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nexthop.dns.TestNameServer;
import dev.nexthop.e2e.PolicyHost;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.StsPolicy;
import dev.nexthop.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody sits between us and DNS, or the policy host, and wants mail to go to a host of his (RFC 8461 §10.2). An enforced policy
 * that is kept names ours alone, whatever he does, also behind a restart.
 */
class DowngradeTest {
    @TempDir
    private Path folder;

    private record Attack(String name, Consumer<Setting> strike) {}

    private static final List<Attack> ATTACKS = List.of(
            new Attack("the TXT record is stripped", Setting::noTxt),
            new Attack("the TXT record does not come", setting -> dns(setting, TestNameServer.Fault.SILENT)),
            new Attack("DNS says SERVFAIL", setting -> dns(setting, TestNameServer.Fault.SERVFAIL)),
            new Attack("DNS says garbage", setting -> dns(setting, TestNameServer.Fault.GARBAGE)),
            new Attack("a second TXT record is added", setting -> record(setting, "v=STSv1; id=c3;")),
            new Attack("the TXT record is broken", setting -> {
                setting.noTxt();
                record(setting, "v=STSv1; id=;");
            }),
            new Attack("the TXT record has an older id, and the policy host is away", setting -> {
                setting.txt("a0");
                away(setting);
            }),
            new Attack("the TXT record has a new id, and the policy host has no address", setting -> {
                setting.txt("c3");
                setting.dns.remove(Setting.HOST + ".");
            }),
            new Attack("a new id, and another server with a certificate of its own", setting -> {
                setting.txt("c3").host.certificate(TestCertificates.selfSigned(Setting.HOST));
                setting.host.serve(evil());
            }),
            new Attack("a new id, and a server that is well known by another name", setting -> {
                setting.txt("c3").host.certificate(setting.ca.server("evil.example"));
                setting.host.serve(evil());
            }),
            new Attack("a new id, and a certificate that has expired", setting -> {
                setting.txt("c3").host.certificate(setting.ca.serverValid(-30, -3, Setting.HOST));
                setting.host.serve(evil());
            }),
            new Attack(
                    "a new id, and a redirect",
                    setting -> setting.txt("c3")
                            .host
                            .answer(
                                    "HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n")),
            new Attack("a new id, and a policy that is cut short", setting -> {
                String whole = PolicyHost.response("200 OK", "text/plain", PolicyHost.enforce("mx.example.org"));
                setting.txt("c3").host.answer(whole.replace("604800\r\n", "6"));
            }),
            new Attack("an older policy is replayed by another server", setting -> {
                setting.txt("a0").host.certificate(TestCertificates.selfSigned(Setting.HOST));
                setting.host.serve(PolicyHost.policy("none", 60, "old.example"));
            }));

    private static String evil() {
        return PolicyHost.policy("none", 86_400, "mx.evil.example");
    }

    private static void dns(Setting setting, TestNameServer.Fault fault) {
        setting.dns.fault("_mta-sts.example.org.", fault);
    }

    private static void record(Setting setting, String text) {
        setting.dns.add("_mta-sts.example.org. 300 IN TXT \"" + text + "\"\n");
    }

    private static void away(Setting setting) {
        try {
            setting.host.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> theKeptPolicyStands() {
        return ATTACKS.stream().map(attack -> DynamicTest.dynamicTest(attack.name(), () -> stands(attack)));
    }

    private void stands(Attack attack) throws Exception {
        Path own = Files.createTempDirectory(folder, "attack");
        try (Setting setting = Setting.at(own).txt("a1")) {
            setting.host.serve(PolicyHost.enforce("mx.example.org"));
            setting.ask();
            attack.strike().accept(setting);
            enforced(setting.ask());
            setting.later(Duration.ofDays(1)).round();
            enforced(setting.restart().ask());
            setting.later(Duration.ofDays(6));
            enforced(setting.ask());
        }
    }

    private static void enforced(StsAnswer answer) {
        assertThat(answer).isInstanceOf(StsAnswer.Known.class);
        StsPolicy policy = ((StsAnswer.Known) answer).policy();
        assertThat(policy.mode()).isEqualTo(StsPolicy.Mode.ENFORCE);
        assertThat(policy.names("mx.example.org")).isTrue();
        assertThat(policy.names("mx.evil.example")).isFalse();
        assertThat(((StsAnswer.Known) answer).trouble()).isPresent();
    }
}
