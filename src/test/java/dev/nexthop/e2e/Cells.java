package dev.nexthop.e2e;

import static dev.nexthop.e2e.Cell.delivered;

import dev.nexthop.e2e.Cell.End;
import dev.nexthop.e2e.Cell.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every cell of the table of interoperability, by server. */
final class Cells {
    /** What our log says when a server can't do the TLS that it offers. */
    static final String BROKEN_TLS = "TLS|SSL|handshake";

    private static final String SECRET = "auth.secret = \"jane-secret\"\n";

    private Cells() {}

    private static String clear(String port) {
        return hop("smtp", port) + "tls.starttls = \"disable\"\n";
    }

    private static String starttls(String port) {
        return hop("smtp", port) + "tls.starttls = \"require\"\n" + verified();
    }

    private static String implicit(String protocol, String port) {
        return hop(protocol, port).replace("implicit = false", "implicit = true") + verified();
    }

    private static String hop(String protocol, String port) {
        return """
                address = "127.0.0.1"
                port = @%s@
                protocol = "%s"
                tls.implicit = false
                """.formatted(port, protocol);
    }

    private static String lmtp() {
        return hop("lmtp", "lmtp") + "tls.starttls = \"disable\"\n";
    }

    /** Nothing counts about the certificate but its fingerprint. */
    private static String pinned(String fingerprint) {
        return hop("smtp", "smtp") + "tls.starttls = \"require\"\ntls.fingerprint = [\"" + fingerprint + "\"]\n";
    }

    private static String verified() {
        return """
                tls.server-name = "relay.example.org"
                tls.ca = "@ca@"
                """;
    }

    private static String login(String hop) {
        return hop + "auth.username = \"jane\"\n" + SECRET;
    }

    private static Cell dsn() {
        return delivered(Feature.DSN, "dsn", clear("smtp"))
                .sending(Kind.DSN)
                .noted("RET=HDRS", "ENVID=QQ314159", "NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;first@origin.example");
    }

    /** One mechanism, at the port that offers nothing else. */
    private static Cell auth(Feature feature) {
        String name = feature.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return delivered(feature, "auth-" + name, login(starttls(name)));
    }

    /** Postfix, with Dovecot behind it for SASL. */
    static List<Cell> postfix() {
        List<Cell> cells = new ArrayList<>(List.of(
                delivered(Feature.CLEAR, "clear", clear("smtp")).traced("by relay.example.org .* with ESMTP "),
                delivered(Feature.STARTTLS, "starttls", starttls("smtp"))
                        .noted("< .*: STARTTLS", "TLS connection established from .*: TLSv1\\.[23]")
                        .traced("with ESMTPS "),
                delivered(Feature.IMPLICIT_TLS, "implicit", implicit("smtp", "smtps"))
                        .noted("smtps/smtpd.*TLS connection established from")
                        .traced("with ESMTPS "),
                delivered(Feature.OTHER_NAME, "other", starttls("smtp").replace("relay.example.org", "other.example"))
                        .ends(new End.Waits("other\\.example")),
                delivered(Feature.PIN, "pin", pinned("@pin@"))
                        .noted("TLS connection established from")
                        .traced("with ESMTPS "),
                delivered(Feature.OTHER_PIN, "other-pin", pinned("0".repeat(64)))
                        .ends(new End.Waits("fingerprint")),
                delivered(Feature.CLIENT_CERTIFICATE, "shown", starttls("asking") + "tls.certificate = \"client\"\n")
                        .noted("asking/smtpd.*Trusted TLS connection established from")
                        .traced("Client CN \"client\\.example\\.org\".*\\(verified OK\\)"),
                delivered(Feature.LOCK_STEP, "old", clear("old"))
                        .sending(Kind.SIMPLE)
                        .noted("< .*: MAIL FROM:<jane@example.org>$")
                        .traced("with ESMTP "),
                wrongSecret(),
                delivered(Feature.EIGHT_BIT, "eight", clear("smtp"))
                        .noted("MAIL FROM:<jane@example.org>.* BODY=8BITMIME"),
                delivered(Feature.SMTPUTF8, "utf8", clear("smtp"))
                        .sending(Kind.UTF8)
                        .noted("MAIL FROM:<jane@example.org>.* SMTPUTF8")
                        .traced("with UTF8SMTP "),
                delivered(Feature.SIZE, "size", clear("smtp")).sending(Kind.BIG).ends(new End.Failed("5.3.4")),
                delivered(Feature.CHUNKING, "chunking", clear("smtp") + "one-flight = true\n")
                        .noted("< .*: BDAT \\d+ LAST"),
                dsn(),
                delivered(Feature.STRONGEST, "strongest", login(starttls("all")))
                        .noted("< .*: AUTH SCRAM-SHA-256")
                        .traced("Authenticated sender: jane"),
                delivered(Feature.AS_TOLD, "told", login(starttls("all")) + "auth.mechanisms = [\"login\"]\n")
                        .noted("< .*: AUTH LOGIN")
                        .traced("Authenticated sender: jane")));
        for (Feature feature : List.of(
                Feature.PLAIN,
                Feature.LOGIN,
                Feature.CRAM_MD5,
                Feature.SCRAM_SHA_1,
                Feature.SCRAM_SHA_256,
                Feature.XOAUTH2,
                Feature.OAUTHBEARER)) {
            cells.add(postfixAuth(feature));
        }
        return cells;
    }

    private static Cell postfixAuth(Feature feature) {
        String mechanism = feature.name().replace('_', '-');
        Cell cell =
                auth(feature).noted("< .*: AUTH " + mechanism).traced("Authenticated sender: jane", "with ESMTPSA ");
        return switch (feature) {
            case XOAUTH2 ->
                cell.over(cell.hop().replace(SECRET, "auth.token-command = [\"@token-command@\", \"a b\"]\n"));
            case OAUTHBEARER ->
                cell.over(cell.hop()
                        .replace(SECRET, "auth.secret-file = \"@token-file@\"\nauth.mechanisms = [\"oauthbearer\"]\n"));
            default -> cell;
        };
    }

    private static Cell wrongSecret() {
        return delivered(Feature.WRONG_SECRET, "wrong", login(starttls("plain")).replace("jane-secret", "not-hers"))
                .ends(new End.Waits("535"));
    }

    /** Postfix without 8BITMIME. */
    static List<Cell> sevenBit() {
        return List.of(
                delivered(Feature.CONVERTED, "converted", clear("seven"))
                        .sending(Kind.PARTS)
                        .ends(new End.Converted())
                        .noted("< .*: MAIL FROM:<jane@example.org> SIZE=\\d+$"),
                delivered(Feature.SIGNED, "signed", clear("seven"))
                        .sending(Kind.SIGNED)
                        .ends(new End.Failed("5.6.3")),
                delivered(Feature.ALWAYS, "always", clear("seven"))
                        .sending(Kind.SIGNED)
                        .ends(new End.Converted())
                        .noted("< .*: MAIL FROM:<jane@example.org> SIZE=\\d+$"));
    }

    /** Exim: the line of each arrival has the protocol, the cipher, the authenticator and K for CHUNKING. */
    static List<Cell> exim() {
        return List.of(
                delivered(Feature.CLEAR, "clear", clear("smtp")).noted("<= jane@example.org .* P=esmtp "),
                delivered(Feature.STARTTLS, "starttls", starttls("smtp"))
                        .noted("<= jane@example.org .* P=esmtps .*X=TLS1\\.[23]")
                        .traced("with esmtps "),
                delivered(Feature.IMPLICIT_TLS, "implicit", implicit("smtp", "smtps"))
                        .noted("<= jane@example.org .* P=esmtps .*X=TLS1\\.[23]"),
                delivered(Feature.OTHER_NAME, "other", starttls("smtp").replace("relay.example.org", "other.example"))
                        .ends(new End.Waits("other\\.example")),
                auth(Feature.PLAIN).noted("P=esmtpsa .* A=plain:jane"),
                auth(Feature.LOGIN).noted("P=esmtpsa .* A=login:jane"),
                auth(Feature.CRAM_MD5).noted("P=esmtpsa .* A=cram:jane"),
                // In clear text anything is better than the password as it is.
                delivered(Feature.STRONGEST, "strongest", login(clear("all"))).noted("P=esmtpa .*A=cram:jane"),
                delivered(Feature.AS_TOLD, "told", login(starttls("all")) + "auth.mechanisms = [\"login\"]\n")
                        .noted("A=login:jane"),
                wrongSecret(),
                delivered(Feature.EIGHT_BIT, "eight", clear("smtp")).noted("BODY=8BITMIME", "M8S=8"),
                delivered(Feature.SMTPUTF8, "utf8", clear("smtp"))
                        .sending(Kind.UTF8)
                        .noted("MAIL FROM:<jane@example.org>.* SMTPUTF8", "P=utf8esmtp "),
                delivered(Feature.SIZE, "size", clear("smtp")).sending(Kind.BIG).ends(new End.Failed("5.3.4")),
                delivered(Feature.PIPELINING, "flight", clear("smtp")).noted("<= jane@example.org .* L[.*]? "),
                delivered(Feature.CHUNKING, "chunking", clear("smtp") + "one-flight = true\n")
                        .noted("<= jane@example.org .* K "),
                dsn());
    }

    /**
     * OpenSMTPD offers neither PIPELINING nor CHUNKING nor SMTPUTF8, and AUTH under TLS only.
     *
     * @param handshakes whether its TLS works; otherwise what asks for TLS must wait, and nothing go in clear
     */
    static List<Cell> openSmtpd(boolean handshakes) {
        List<Cell> cells = new ArrayList<>(List.of(
                delivered(Feature.CLEAR, "clear", clear("smtp")).traced("\\(OpenSMTPD\\) with ESMTP "),
                delivered(Feature.LOCK_STEP, "old", clear("smtp")).noted("<<< MAIL FROM:<jane@example.org>"),
                delivered(Feature.EIGHT_BIT, "eight", clear("smtp")).noted("BODY=8BITMIME"),
                delivered(Feature.SMTPUTF8, "utf8", clear("smtp"))
                        .sending(Kind.UTF8)
                        .ends(new End.Failed("5.6.7")),
                delivered(Feature.SIZE, "size", clear("smtp")).sending(Kind.BIG).ends(new End.Failed("5.3.4")),
                dsn()));
        for (Cell secure : List.of(
                delivered(Feature.STARTTLS, "starttls", starttls("smtp")).traced("with ESMTPS ", "\\(TLSv1\\.[23]:"),
                delivered(Feature.IMPLICIT_TLS, "implicit", implicit("smtp", "smtps"))
                        .traced("with ESMTPS "),
                delivered(Feature.PLAIN, "auth-plain", login(starttls("smtp")))
                        .noted("<<< AUTH PLAIN")
                        .traced("with ESMTPSA ", "auth=yes user=jane"))) {
            cells.add(handshakes ? secure : secure.ends(new End.Waits(BROKEN_TLS)));
        }
        return cells;
    }

    /** Dovecot's LMTP. */
    static List<Cell> dovecot() {
        return List.of(
                delivered(Feature.CLEAR, "clear", lmtp())
                        .noted("LHLO mx.example.org")
                        .traced("with LMTP"),
                delivered(
                                Feature.STARTTLS,
                                "starttls",
                                hop("lmtp", "lmtp") + "tls.starttls = \"require\"\n" + verified())
                        .traced("with LMTPS"),
                delivered(Feature.IMPLICIT_TLS, "implicit", implicit("lmtp", "lmtps"))
                        .traced("with LMTPS"),
                delivered(Feature.NO_AUTH, "none", login(lmtp())).noted("LHLO mx.example.org"),
                delivered(Feature.EIGHT_BIT, "eight", lmtp()).noted("BODY=8BITMIME"),
                delivered(Feature.LMTP_MIXED, "mixed", lmtp())
                        .sending(Kind.MIXED)
                        .noted("RCPT TO:<blocked@mixed.example>"),
                delivered(Feature.LMTP_SOCKET, "socket", "address = \"@socket@\"\nprotocol = \"lmtp\"\n")
                        .noted("LHLO mx.example.org")
                        .traced("with LMTP"));
    }

    /** Postfix behind a proxy. */
    static List<Cell> proxied() {
        return List.of(
                delivered(Feature.SOCKS, "socks", starttls("smtp") + "proxy = \"socks5://127.0.0.1:@socks@\"\n"),
                delivered(
                        Feature.HTTP_CONNECT,
                        "connect",
                        starttls("smtp") + "proxy = \"http://127.0.0.1:@connect@\"\n"));
    }
}
