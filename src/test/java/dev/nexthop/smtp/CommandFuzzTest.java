package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any octets are some command or a reply about their fault, and nothing that a command carries can break a header. */
final class CommandFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyOctetsAreACommandOrAReply(byte[] line) {
        Command command = Command.parse(line, 0, line.length);
        switch (command) {
            case Command.Mail mail -> {
                harmless(mail.path().address());
                once(mail.parameters().requests());
            }
            case Command.Rcpt rcpt -> {
                once(rcpt.requests());
                if (rcpt.path() instanceof ForwardPath.To to) {
                    harmless(to.mailbox().toString());
                    assertThat(Mailbox.parse(to.mailbox().toString())).isEqualTo(to.mailbox());
                }
            }
            case Command.Ehlo hello -> harmless(hello.name());
            case Command.Helo hello -> harmless(hello.name());
            case Command.Lhlo hello -> harmless(hello.name());
            case Command.Malformed malformed -> {
                assertThat(malformed.reply().reply().permanentFailure()).isTrue();
                String wire = new String(malformed.reply().wire(), StandardCharsets.UTF_8);
                assertThat(wire).endsWith("\r\n");
                harmless(wire.substring(0, wire.length() - 2));
            }
            case Command.Auth auth -> assertThat(auth.toString()).isEqualTo("Auth[" + auth.mechanism() + "]");
            case Command.Unknown unknown -> harmless(unknown.verb());
            case Command.Bare bare -> assertThat(bare).isNotNull();
            case Command.NotServed notServed -> assertThat(notServed).isNotNull();
        }
    }

    private static void once(List<Parameter> parameters) {
        assertThat(parameters.stream().map(Parameter::keyword)).doesNotHaveDuplicates();
        parameters.forEach(parameter -> harmless(parameter.keyword() + parameter.value()));
    }

    private static void harmless(String text) {
        assertThat(text.chars().noneMatch(c -> c < ' ' || c >= 127 && c < 160)).isTrue();
    }
}
