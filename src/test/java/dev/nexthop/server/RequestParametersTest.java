package dev.nexthop.server;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every parameter that asks for something, right and wrong, and what is answered. */
final class RequestParametersTest {
    private static final String LONGEST_ID = "i".repeat(100);

    /** Parameters of MAIL, then what is answered. */
    static final List<String> MAIL = List.of(
            "RET=FULL -> 250 2.1.0 sender OK",
            "ret=hdrs envid=QQ314159 -> 250 2.1.0 sender OK",
            "RET=BODY -> 501 5.5.4 RET is FULL or HDRS",
            "RET= -> 501 5.5.4 RET is *",
            "RET -> 501 5.5.4 RET is *",
            "RET=FULL RET=FULL -> 501 5.5.4 a parameter is given twice",
            "ENVID=" + LONGEST_ID + " -> 250 *",
            "ENVID=" + "+41".repeat(33) + "i -> 250 *",
            "ENVID=" + "+41".repeat(34) + " -> 501 5.5.4 ENVID is *",
            "ENVID=" + LONGEST_ID + "i -> 501 5.5.4 ENVID is *",
            "ENVID= -> 501 5.5.4 ENVID is *",
            "ENVID -> 501 5.5.4 ENVID is *",
            "ENVID=a+2 -> 501 5.5.4 ENVID is *",
            "ENVID=a+2G -> 501 5.5.4 ENVID is *",
            "ENVID=a+ -> 501 5.5.4 ENVID is *",
            "ENVID=a=b -> 501 5.5.4 ENVID is *",
            "ENVID=a+0D+0AX -> 501 5.5.4 ENVID is *",
            "ENVID=a+7F -> 501 5.5.4 ENVID is *",
            "ENVID=a+C3+BC -> 501 5.5.4 ENVID is *",
            "ENVID=\u00fc -> 501 5.5.4 ENVID is *",
            "ENVID=a ENVID=a -> 501 5.5.4 *twice",
            "REQUIRETLS -> 555 5.5.4 *",
            "MT-PRIORITY=9 -> 250 *",
            "mt-priority=-9 -> 250 *",
            "MT-PRIORITY=0 -> 250 *",
            "MT-PRIORITY=10 -> 501 5.5.4 MT-PRIORITY is a whole number from -9 to 9",
            "MT-PRIORITY=-0 -> 501 5.5.4 *",
            "MT-PRIORITY=+3 -> 501 5.5.4 *",
            "MT-PRIORITY=03 -> 501 5.5.4 *",
            "MT-PRIORITY=high -> 501 5.5.4 *",
            "MT-PRIORITY= -> 501 5.5.4 *",
            "MT-PRIORITY -> 501 5.5.4 *",
            "MT-PRIORITY=1 MT-PRIORITY=2 -> 501 5.5.4 *twice",
            "BY=120;R -> 250 *",
            "BY=+14400;nt -> 250 *",
            "BY=-5;N -> 250 *",
            "BY=0;N -> 250 *",
            "BY=0;R -> 501 5.5.4 BY with R is a time to come",
            "BY=-1;RT -> 501 5.5.4 BY with R *",
            "BY=14401;R -> 501 5.5.4 BY is at most 14400 seconds here",
            "BY=1234567890;N -> 501 5.5.4 BY is a number of seconds, *",
            "BY=120 -> 501 5.5.4 BY is a number *",
            "BY=120; -> 501 5.5.4 *",
            "BY=120;X -> 501 5.5.4 *",
            "BY=120;TR -> 501 5.5.4 *",
            "BY=120;RTT -> 501 5.5.4 *",
            "BY=;R -> 501 5.5.4 *",
            "BY=--1;N -> 501 5.5.4 *",
            "BY= -> 501 5.5.4 *",
            "BY -> 501 5.5.4 *",
            "BY=1;R BY=1;R -> 501 5.5.4 *twice",
            "HOLDFOR=604800 -> 250 *",
            "HOLDFOR=604801 -> 501 5.5.4 HOLDFOR is at most 604800 seconds here",
            "HOLDFOR=0 -> 501 5.5.4 HOLDFOR is a number of seconds",
            "HOLDFOR=-1 -> 501 5.5.4 *",
            "HOLDFOR=1234567890 -> 501 5.5.4 HOLDFOR is a number *",
            "HOLDFOR=1h -> 501 5.5.4 *",
            "HOLDFOR= -> 501 5.5.4 *",
            "HOLDFOR -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-29T16:00:05Z -> 250 *",
            "HOLDUNTIL=2026-11-29t17:00:05.5+01:30 -> 250 *",
            "HOLDUNTIL=2020-01-01T00:00:00Z -> 250 *",
            "HOLDUNTIL=2026-11-29T16:00:06Z -> 501 5.5.4 HOLDUNTIL is at most 604800 seconds away here",
            "HOLDUNTIL=2026-11-31T16:00:05Z -> 501 5.5.4 HOLDUNTIL is a date and time of RFC 3339, *",
            "HOLDUNTIL=2026-11-23T16:00Z -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-23T16:00:05 -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-23 -> 501 5.5.4 *",
            "HOLDUNTIL=1795363205 -> 501 5.5.4 *",
            "HOLDUNTIL=2026-11-23T16:00:05+25:00 -> 501 5.5.4 *",
            "HOLDUNTIL -> 501 5.5.4 *",
            "HOLDFOR=1 HOLDFOR=1 -> 501 5.5.4 *twice",
            "HOLDFOR=1 HOLDUNTIL=2026-11-23T16:00:05Z -> 501 5.5.4 HOLDFOR and HOLDUNTIL exclude each other",
            "HOLDFOR=60 BY=61;R -> 250 *",
            "HOLDFOR=60 BY=60;N -> 250 *",
            "HOLDFOR=60 BY=60;R -> 501 5.5.4 the message would be released after its time to return",
            "NOTIFY=NEVER -> 555 5.5.4 *");

    /** Parameters of RCPT, then what is answered. */
    static final List<String> RCPT = List.of(
            "NOTIFY=NEVER -> 250 2.1.5 *",
            "notify=success,Failure,DELAY -> 250 2.1.5 *",
            "NOTIFY=SUCCESS,SUCCESS -> 250 2.1.5 *",
            "NOTIFY=NEVER,SUCCESS -> 501 5.5.4 NOTIFY=NEVER stands alone",
            "NOTIFY=SUCCESS, -> 501 5.5.4 NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY",
            "NOTIFY=,SUCCESS -> 501 5.5.4 *",
            "NOTIFY=ALWAYS -> 501 5.5.4 *",
            "NOTIFY=\u017fUCCESS -> 501 5.5.4 *",
            "NOTIFY= -> 501 5.5.4 *",
            "NOTIFY -> 501 5.5.4 *",
            "NOTIFY=NEVER NOTIFY=NEVER -> 501 5.5.4 *twice",
            "ORCPT=rfc822;Bob@example.com -> 250 *",
            "ORCPT=rfc822;a+2Bb+3Dc@example.com -> 250 *",
            "ORCPT=rfc822;" + "a".repeat(493) + " -> 250 *",
            "ORCPT=rfc822;" + "a".repeat(494) + " -> 501 5.5.4 ORCPT is at most 500 octets long",
            "ORCPT=utf-8;" + "\u00fc".repeat(82) + "aa -> 250 *",
            "ORCPT=utf-8;" + "\u00fc".repeat(83) + " -> 501 5.5.4 ORCPT is at most 500 *",
            "ORCPT=utf-8;" + "\u00fc".repeat(248) + " -> 501 5.5.4 ORCPT is at most 500 *",
            "ORCPT=x400;+20/c+3Dde/ -> 250 *",
            "ORCPT=utf-8;b\\x{FC}cher@example.com -> 250 *",
            "ORCPT=UTF-8;b\u00fccher\\x{1F600}@example.com -> 250 *",
            "ORCPT=rfc822 -> 501 5.5.4 ORCPT is a type, *",
            "ORCPT=;a@b -> 501 5.5.4 ORCPT is a type, *",
            "ORCPT=rf(c;a@b -> 501 5.5.4 ORCPT is a type, *",
            "ORCPT=rfc822; -> 501 5.5.4 the address of ORCPT is not the xtext *",
            "ORCPT=rfc822;a+b@c -> 501 5.5.4 the address of ORCPT is not the xtext *",
            "ORCPT=rfc822;a=b@c -> 501 5.5.4 *",
            "ORCPT=rfc822;a+0Ab@c -> 501 5.5.4 *",
            "ORCPT=rfc822;b\u00fccher@c -> 501 5.5.4 *",
            "ORCPT=utf-8; -> 501 5.5.4 the address of ORCPT is neither *",
            "ORCPT=utf-8;a+41@c -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x41@c -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{4} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{41 -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{GG} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{0A} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{85} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{D800} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{110000} -> 501 5.5.4 *",
            "ORCPT=utf-8;a\\x{0000041} -> 501 5.5.4 *",
            "ORCPT= -> 501 5.5.4 *",
            "ORCPT -> 501 5.5.4 *",
            "ORCPT=rfc822;a@b ORCPT=rfc822;a@b -> 501 5.5.4 *twice",
            "RET=FULL -> 555 5.5.4 *",
            "FOO=1 -> 555 5.5.4 *");

    private static String[] split(String row) {
        int arrow = row.lastIndexOf(" -> ");
        return new String[] {row.substring(0, arrow), row.substring(arrow + 4)};
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("MAIL")
    void parametersOfMail(String row) throws IOException {
        try (TestServer server =
                RequestsDialogueTest.offering(_ -> RequestsDialogueTest.ALL).start()) {
            server.play(RequestsDialogueTest.HELLO + "C: MAIL FROM:<a@b.example> " + split(row)[0] + "\nS: "
                    + split(row)[1] + "\nC: NOOP\nS: 250 *\n");
        }
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("RCPT")
    void parametersOfRcpt(String row) throws IOException {
        try (TestServer server =
                RequestsDialogueTest.offering(_ -> RequestsDialogueTest.ALL).start()) {
            server.play(RequestsDialogueTest.HELLO + "C: MAIL FROM:<>\nS: 250 *\nC: RCPT TO:<alice@example.org> "
                    + split(row)[0] + "\nS: " + split(row)[1] + "\nC: NOOP\nS: 250 *\n");
        }
    }
}
