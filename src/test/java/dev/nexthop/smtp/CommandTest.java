package dev.nexthop.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** RFC 5321 §4.1.1 and §4.1.2: commands as clients write them, right and wrong. */
final class CommandTest {
    private static final String LONG_LOCAL = "x".repeat(65);
    private static final String LONG_LABEL = "y".repeat(64);
    private static final String LONG_PATH = "z".repeat(60) + "@" + "a.".repeat(100) + "org";

    /** Line, then the code and enhanced code of the reply. */
    static final List<String> MALFORMED = List.of(
            "EHLO -> 501 5.5.4",
            "HELO -> 501 5.5.4",
            "LHLO -> 501 5.5.4",
            "EHLO a b -> 501 5.5.4",
            "EHLO a(b) -> 501 5.5.4",
            "EHLO a;b -> 501 5.5.4",
            "EHLO <a> -> 501 5.5.4",
            "EHLO " + "h".repeat(256) + " -> 501 5.5.4",
            "MAIL -> 501 5.5.2",
            "MAIL FROM -> 501 5.5.2",
            "MAIL FROM: -> 501 5.5.2",
            "MAIL <a@b> -> 501 5.5.2",
            "MAIL TO:<a@b> -> 501 5.5.2",
            "MAIL FROM a@b -> 501 5.5.2",
            "MAIL FROM:a@b -> 501 5.5.2",
            "MAIL FROM:<a@b -> 501 5.5.2",
            "MAIL FROM:a@b> -> 501 5.5.2",
            "MAIL FROM:\"<a@b>\" -> 501 5.5.2",
            "MAIL FROM:<a@b>x -> 501 5.5.2",
            "MAIL FROM:<a@b>SIZE=1 -> 501 5.5.2",
            "MAIL FROM:<<a@b>> -> 501 5.5.2",
            "MAIL FROM:<a> -> 501 5.1.7",
            "MAIL FROM:<@> -> 501 5.1.7",
            "MAIL FROM:<a@> -> 501 5.1.7",
            "MAIL FROM:<@b> -> 501 5.1.7",
            "MAIL FROM:<postmaster> -> 501 5.1.7",
            "MAIL FROM:<a@b@c> -> 501 5.1.7",
            "MAIL FROM:<a b@c> -> 501 5.1.7",
            "MAIL FROM:< a@b> -> 501 5.1.7",
            "MAIL FROM:<a@b > -> 501 5.1.7",
            "MAIL FROM:<.a@b> -> 501 5.1.7",
            "MAIL FROM:<a.@b> -> 501 5.1.7",
            "MAIL FROM:<a..b@c> -> 501 5.1.7",
            "MAIL FROM:<a(c)@b> -> 501 5.1.7",
            "MAIL FROM:<a,b@c> -> 501 5.1.7",
            "MAIL FROM:<\"a@b> -> 501 5.5.2",
            "MAIL FROM:<\"a\"b@c> -> 501 5.1.7",
            "MAIL FROM:<a\"b\"@c> -> 501 5.1.7",
            "MAIL FROM:<\"\\ü\"@b> -> 501 5.1.7",
            "MAIL FROM:<\"" + "\\x".repeat(32) + "\"@b> -> 501 5.1.7",
            "MAIL FROM:<a@-b> -> 501 5.1.7",
            "MAIL FROM:<a@b-> -> 501 5.1.7",
            "MAIL FROM:<a@b-.c> -> 501 5.1.7",
            "MAIL FROM:<a@b..c> -> 501 5.1.7",
            "MAIL FROM:<a@.b> -> 501 5.1.7",
            "MAIL FROM:<a@b.> -> 501 5.1.7",
            "MAIL FROM:<a@b c> -> 501 5.1.7",
            "MAIL FROM:<a@b!c> -> 501 5.1.7",
            "MAIL FROM:<a@[1.2.3]> -> 501 5.1.7",
            "MAIL FROM:<a@[1.2.3.256]> -> 501 5.1.7",
            "MAIL FROM:<a@[1.2.3.4> -> 501 5.1.7",
            "MAIL FROM:<a@[IPv6:xyz]> -> 501 5.1.7",
            "MAIL FROM:<a@[tag:content]> -> 501 5.1.7",
            "MAIL FROM:<" + LONG_LOCAL + "@b> -> 501 5.1.7",
            "MAIL FROM:<a@" + LONG_LABEL + ".org> -> 501 5.1.7",
            "MAIL FROM:<" + LONG_PATH + "> -> 501 5.1.7",
            "MAIL FROM:<@a> -> 501 5.1.7",
            "MAIL FROM:<@a:> -> 501 5.1.7",
            "MAIL FROM:<@a,:b@c> -> 501 5.1.7",
            "MAIL FROM:<@a,b:c@d> -> 501 5.1.7",
            "MAIL FROM:<@:b@c> -> 501 5.1.7",
            "MAIL FROM:<a@\uff50artner.example> -> 501 5.1.7",
            "MAIL FROM:<a@bu\u0308cher.example> -> 501 5.1.7",
            "MAIL FROM:<a@b\u00fccher\u3002example> -> 501 5.1.7",
            "MAIL FROM:<a@b\u00fcch\u00ader.example> -> 501 5.1.7",
            "MAIL FROM:<a@b\u200b.example> -> 501 5.1.7",
            "MAIL FROM:<a@xn--bcher-kva.b\u00fccher.example> -> 501 5.1.7",
            "MAIL FROM:<a@xn--0.b\u00fccher.example> -> 501 5.1.7",
            "MAIL FROM:<a@\u0308.example> -> 501 5.1.7",
            "MAIL FROM:<a@" + "\u00fc".repeat(60) + ".example> -> 501 5.1.7",
            "MAIL FROM:<a@b> SIZE -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE= -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE=x -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE=-1 -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE=+1 -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE=1e3 -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE=" + "9".repeat(21) + " -> 501 5.5.4",
            "MAIL FROM:<a@b> SIZE=1 SIZE=1 -> 501 5.5.4",
            "MAIL FROM:<a@b> size=1 SIZE=2 -> 501 5.5.4",
            "MAIL FROM:<a@b> BODY -> 501 5.5.4",
            "MAIL FROM:<a@b> BODY=9BIT -> 501 5.5.4",
            "MAIL FROM:<a@b> BODY=7BIT BODY=8BITMIME -> 501 5.5.4",
            "MAIL FROM:<a@b> BODY=BINARYMIME -> 555 5.5.4",
            "MAIL FROM:<a@b> SMTPUTF8=yes -> 501 5.5.4",
            "MAIL FROM:<a@b> SMTPUTF8 SMTPUTF8 -> 501 5.5.4",
            "MAIL FROM:<a@b> AUTH -> 501 5.5.4",
            "MAIL FROM:<a@b> AUTH= -> 501 5.5.4",
            "MAIL FROM:<a@b> AUTH=<> AUTH=<> -> 501 5.5.4",
            "MAIL FROM:<a@b> FOO -> 555 5.5.4",
            "MAIL FROM:<a@b> FOO=BAR -> 555 5.5.4",
            "MAIL FROM:<a@b> NOTIFY=NEVER -> 555 5.5.4",
            "MAIL FROM:<a@b> RET=FULL ret=HDRS -> 501 5.5.4",
            "MAIL FROM:<a@b> BY=1;R SIZE=1 BY=1;R -> 501 5.5.4",
            "MAIL FROM:<a@b> REQU\u0131RETLS -> 555 5.5.4",
            "RCPT TO:<a@b> NOTIFY=NEVER notify=NEVER -> 501 5.5.4",
            "RCPT TO:<a@b> ORCPT=x;y NOTIFY=NEVER ORCPT=x;y -> 501 5.5.4",
            "RCPT TO:<a@b> SIZE=1 -> 555 5.5.4",
            "RCPT TO:<a@b>NOTIFY=NEVER -> 501 5.5.2",
            "MAIL FROM:<a@b> =1 -> 555 5.5.4",
            "RCPT -> 501 5.5.2",
            "RCPT TO -> 501 5.5.2",
            "RCPT TO: -> 501 5.5.2",
            "RCPT TO:a@b -> 501 5.5.2",
            "RCPT FROM:<a@b> -> 501 5.5.2",
            "RCPT TO:<> -> 501 5.1.3",
            "RCPT TO:<a> -> 501 5.1.3",
            "RCPT TO:<a@> -> 501 5.1.3",
            "RCPT TO:<postmaster@> -> 501 5.1.3",
            "RCPT TO:<\"\"@> -> 501 5.1.3",
            "RCPT TO:<a@\uff50artner.example> -> 501 5.1.3",
            "RCPT TO:<a@b\u3002example> -> 501 5.1.3",
            "RCPT TO:<a@b>x -> 501 5.5.2",
            "RCPT TO:<a@b> RET=FULL -> 555 5.5.4",
            "RCPT TO:<a@b> FOO -> 555 5.5.4",
            "RCPT TO:<" + LONG_PATH + "> -> 501 5.1.3",
            "DATA now -> 501 5.5.4",
            "RSET now -> 501 5.5.4",
            "QUIT now -> 501 5.5.4",
            "STARTTLS now -> 501 5.5.4",
            "VRFY -> 501 5.5.4",
            "EXPN -> 501 5.5.4",
            "AUTH -> 501 5.5.4",
            "AUTH PLAIN a b -> 501 5.5.4",
            "AUTH PL/AIN -> 501 5.5.4",
            "AUTH " + "A".repeat(21) + " -> 501 5.5.4",
            "AUTH PLAIN *** -> 501 5.5.2",
            "AUTH PLAIN A -> 501 5.5.2",
            "NOOP \u0001 -> 500 5.5.2",
            "NO\u0000OP -> 500 5.5.2",
            "MAIL\tFROM:<a@b> -> 500 5.5.2",
            "RCPT TO:<a\u007fb@c> -> 500 5.5.2",
            "RCPT TO:<a\u0085b@c> -> 500 5.5.2");

    static Command parse(String line) {
        byte[] bytes = ("##" + line + "##").getBytes(StandardCharsets.UTF_8);
        return Command.parse(bytes, 2, bytes.length - 4);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("MALFORMED")
    void malformed(String row) {
        int arrow = row.lastIndexOf(" -> ");
        assertThat(parse(row.substring(0, arrow))).isInstanceOfSatisfying(Command.Malformed.class, wrong -> {
            Reply reply = wrong.reply().reply();
            assertThat(reply.code() + " " + reply.enhanced().orElseThrow()).isEqualTo(row.substring(arrow + 4));
        });
    }

    @Test
    void octetsThatAreNoUtf8AreMalformed() {
        for (byte[] bytes : new byte[][] {{'N', 'O', 'O', 'P', ' ', (byte) 0xFF}, {(byte) 0xC0, (byte) 0x80}}) {
            assertThat(Command.parse(bytes, 0, bytes.length)).isEqualTo(new Command.Malformed(Replies.BAD_OCTETS));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "MAIL FROM:<>, ''",
        "mail from:<a@b>, a@b",
        "MaIl FrOm:<User.Name+tag@Example.ORG>, User.Name+tag@example.org",
        "MAIL FROM: <a@b>, a@b",
        "MAIL FROM:<a@b>   , a@b",
        "MAIL FROM:<@x:a@b>, a@b",
        "'MAIL FROM:<@x,@[192.0.2.1],@[IPv6:2001:db8::1]:a@b>', a@b",
        "MAIL FROM:<\"a b\"@c>, \"a b\"@c",
        "MAIL FROM:<\"a>b\"@c>, \"a>b\"@c",
        "MAIL FROM:<\"a\\\"b\"@c>, \"a\\\"b\"@c",
        "MAIL FROM:<\"bob\"@c>, bob@c",
        "MAIL FROM:<\"b\\ob\"@c>, bob@c",
        "MAIL FROM:<\"Bob.B+tag%x\"@c>, Bob.B+tag%x@c",
        "MAIL FROM:<\"ü\"@c>, ü@c",
        "MAIL FROM:<\"a\\ b\"@c>, \"a b\"@c",
        "MAIL FROM:<\"\\a@\\b\"@c>, \"a@b\"@c",
        "MAIL FROM:<\".a\"@c>, \".a\"@c",
        "MAIL FROM:<\"a.\\.b\"@c>, \"a..b\"@c",
        "MAIL FROM:<\"a\\\\b\"@c>, \"a\\\\b\"@c",
        "MAIL FROM:<\"\"@c>, \"\"@c",
        "MAIL FROM:<a@[192.0.2.1]>, a@[192.0.2.1]",
        "MAIL FROM:<a@[IPv6:2001:DB8::1]>, a@[ipv6:2001:db8::1]",
        "MAIL FROM:<a!b%c@d>, a!b%c@d",
        "MAIL FROM:<ü@bücher.example>, ü@bücher.example",
        "MAIL FROM:<Ü@BÜCHER.example>, Ü@bücher.example",
        "MAIL FROM:<a@STRA\u00dfE.example>, a@stra\u00dfe.example",
        "MAIL FROM:<a@\u03b2\u03cc\u03bb\u03bf\u03c2.example>, a@\u03b2\u03cc\u03bb\u03bf\u03c2.example",
        "MAIL FROM:<a@\u212ba.example>, a@\u00e5a.example",
        "MAIL FROM:<a@_x.b\u00fccher.example>, a@_x.b\u00fccher.example",
    })
    void reversePath(String line, String address) {
        assertThat(parse(line)).isInstanceOfSatisfying(Command.Mail.class, mail -> {
            assertThat(mail.path().address()).isEqualTo(address);
            assertThat(mail.parameters()).isEqualTo(MailParameters.NONE);
        });
    }

    @Test
    void parameters() {
        assertThat(parse("MAIL FROM:<a@b> SIZE=1000 body=8bitmime smtputf8 AUTH=<>"))
                .isEqualTo(new Command.Mail(ReversePath.of("a@b"), new MailParameters(1000, true, true, true, true)));
        assertThat(parse("MAIL FROM:<>  BODY=7BIT"))
                .isEqualTo(new Command.Mail(ReversePath.NULL, new MailParameters(-1, false, false, false, true)));
        assertThat(parse("MAIL FROM:<> SIZE=99999999999999999999"))
                .isEqualTo(new Command.Mail(
                        ReversePath.NULL, new MailParameters(Long.MAX_VALUE, false, false, false, true)));
    }

    @Test
    void requestsAreKeptAsSent() {
        assertThat(parse("MAIL FROM:<> ret=full SIZE=1 HoldFor=  REQUIRETLS"))
                .isEqualTo(new Command.Mail(
                        ReversePath.NULL,
                        new MailParameters(
                                1,
                                false,
                                false,
                                false,
                                true,
                                List.of(
                                        new Parameter("RET", "full"),
                                        new Parameter("HOLDFOR", ""),
                                        new Parameter("REQUIRETLS", null)))));
        assertThat(parse("RCPT TO:<postmaster> notify=a=b Orcpt"))
                .isEqualTo(new Command.Rcpt(
                        ForwardPath.POSTMASTER, List.of(new Parameter("NOTIFY", "a=b"), new Parameter("ORCPT", null))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "RCPT TO:<a@b>, a@b",
        "rcpt to:<@x:a@b>, a@b",
        "RCPT TO: <a@b>, a@b",
        "RCPT TO:<Postmaster>, POSTMASTER",
        "RCPT TO:<postMASTER>, POSTMASTER",
        "RCPT TO:<postmaster@b>, postmaster@b",
    })
    void forwardPath(String line, String expected) {
        assertThat(parse(line)).isInstanceOfSatisfying(Command.Rcpt.class, rcpt -> {
            String found = switch (rcpt.path()) {
                case ForwardPath.To to -> to.mailbox().toString();
                case ForwardPath.Postmaster postmaster -> "POSTMASTER"; // RFC 5321 §4.5.1
            };
            assertThat(found).isEqualTo(expected);
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "data, DATA",
        "RSET  , RSET",
        "NOOP whatever this is, NOOP",
        "HELP MAIL, HELP",
        "QUIT, QUIT",
        "VRFY a, VRFY",
        "EXPN list, EXPN",
        "starttls, STARTTLS",
        "GET / HTTP/1.1, HTTP",
        "POST /x HTTP/1.0, HTTP",
    })
    void bare(String line, Command.Bare expected) {
        assertThat(parse(line)).isEqualTo(expected);
    }

    @Test
    void others() {
        assertThat(parse("EHLO client.example")).isEqualTo(new Command.Ehlo("client.example"));
        assertThat(parse("helo [192.0.2.1]")).isEqualTo(new Command.Helo("[192.0.2.1]"));
        assertThat(parse("LHLO under_score")).isEqualTo(new Command.Lhlo("under_score"));
        assertThat(parse("BDAT 10 LAST")).isEqualTo(new Command.NotServed());
        assertThat(parse("FROBNICATE x")).isEqualTo(new Command.Unknown("FROBNICATE"));
        assertThat(parse("GET lost")).isEqualTo(new Command.Unknown("GET"));
        assertThat(parse("R\u017fET")).as("a long s is no S").isEqualTo(new Command.Unknown("R\u017fET"));
        assertThat(parse("")).isEqualTo(new Command.Unknown(""));
        assertThat(parse("X".repeat(500))).isEqualTo(new Command.Unknown("X".repeat(32)));
    }

    @Test
    void authKeepsItsSecretToItself() {
        assertThat(parse("auth plain AGEAc2VjcmV0")).isInstanceOfSatisfying(Command.Auth.class, auth -> {
            assertThat(auth.mechanism()).isEqualTo("PLAIN");
            assertThat(auth.initial()).isEqualTo("\0a\0secret".getBytes(StandardCharsets.UTF_8));
            assertThat(auth.toString()).isEqualTo("Auth[PLAIN]");
        });
        assertThat(parse("AUTH PLAIN")).isEqualTo(new Command.Auth("PLAIN", null));
        // RFC 4954 §4: "=" is an empty initial response, which is not the same as none
        assertThat(parse("AUTH PLAIN ="))
                .isInstanceOfSatisfying(
                        Command.Auth.class, auth -> assertThat(auth.initial()).isEmpty());
    }
}
