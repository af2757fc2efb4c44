package dev.nexthop.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a file holds, both readers of TOML read the same of it; whatever a macro holds, no secret is shown. */
class TomlFuzzTest {
    private static final String SECRET = "hush-5ecret";
    private static final Surroundings SURROUNDINGS =
            new Surroundings(Map.of("A", SECRET, "B", "%{env:A}%", "C", "'", "D", "1")::get, () -> "mail.example.org");
    private static final List<String> PIECES = List.of(
            "%{env:A}%",
            "%{env:B}%",
            "%{env:C}%",
            "%{env:D}%",
            "%{env:X}%",
            "%{env:",
            "%{file:/nowhere}%",
            "%{file:%{env:A}%}%",
            "%{cfg:server.hostname}%",
            "%{cfg:queue.outbound.ehlo}%",
            "%{cfg:queue.limits.in-flight}%",
            "%{cfg:",
            "}%",
            "%{",
            "%",
            "{",
            "a",
            ".",
            " = ",
            "'",
            "size",
            "\\\\");
    private static final List<String> KEYS = List.of(
            "server.hostname",
            "queue.outbound.next-hop",
            "queue.outbound.ehlo",
            "remote.x.address",
            "remote.x.auth.secret",
            "authentication.fallback-admin.secret",
            "log.format");

    @FuzzTest(maxDuration = "10s")
    void bothReadersAgree(byte @NotNull [] octets) {
        String text = new String(octets, StandardCharsets.UTF_8);
        TomlReaderTest.agree(text.length() > 2_000 ? text.substring(0, 2_000) : text);
    }

    @FuzzTest(maxDuration = "10s")
    void macros(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        for (String key : KEYS) {
            if (data.remainingBytes() > 0 && data.consumeBoolean()) {
                text.append(key).append(" = \"");
                for (int n = data.consumeInt(0, 6); n > 0 && data.remainingBytes() > 0; n--) {
                    text.append(data.pickValue(PIECES));
                }
                text.append("\"\n");
            }
        }
        check(text.toString());
    }

    private static void check(String text) {
        Loaded loaded =
                Configuration.parse("m.toml", text.getBytes(StandardCharsets.UTF_8), Path.of("/nowhere"), SURROUNDINGS);
        for (Problem problem : loaded.problems()) {
            assertThat(problem.render()).as(text).startsWith("m.toml");
            // The name of this host is in every greeting; the name of a file that is missing must be said.
            boolean named = problem.code() == Code.HOSTNAME || problem.code() == Code.MACRO;
            assertThat(named || !problem.render().contains(SECRET))
                    .as("%s: %s", text, problem)
                    .isTrue();
        }
    }

    /** The same without the fuzzer. */
    @Test
    void noMacroIsShownInAMessage() {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (String key : KEYS) {
                if (random.nextInt(3) == 0) {
                    text.append(key).append(" = \"");
                    for (int n = random.nextInt(6); n > 0; n--) {
                        text.append(PIECES.get(random.nextInt(PIECES.size())));
                    }
                    text.append("\"\n");
                }
            }
            check(text.toString());
        }
    }
}
