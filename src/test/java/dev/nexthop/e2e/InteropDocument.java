package dev.nexthop.e2e;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** {@code docs/interop.md}, made of the cells that are run. */
final class InteropDocument {
    private static final String HEAD = """
            # Interoperability

            Each cell below is a test (`InteropIT`): a message of known octets goes through a running Nexthop to the real
            server, must arrive octet for octet and once (or come to the end that the cell names), and the server's own
            log, session transcript or trace fields must show that the feature was used. `./verify` runs the cells of
            every server that it can install or unpack, and names those it leaves out. This page is generated from the
            same table; a test fails when they differ.

            - **yes**: delivered, and the server proves it.
            - **refused**: fails for good with that status, before the server sees the message.
            - **waits**: stays in the queue with the reason; nothing goes another way.
            - **planned**: the cell is written and is run once the feature is released.
            - **–**: the server has no such feature.

            """;

    private static final String NOTES = """

            ¹ Only where its TLS works; see below. Otherwise the message waits, and nothing goes in clear text.

            ² Not octet for octet, as it can't be: what arrives has seven bits, and Python's `email` finds in it the same
            parts with the same content as in what was sent.

            ## The servers

            **Postfix** (3.7.11 of Debian 12), with one listener for each mechanism of AUTH, behind STARTTLS, one that
            asks for a certificate, one that hides 8BITMIME, and one that hides all extensions. Dovecot answers for AUTH. Every command of a session is in its log
            (`debug_peer_list`), and its trace fields name the protocol, the cipher and the user.

            **Dovecot** (2.3.19 of Debian 12), as LMTP server over TCP, TLS and a unix socket, with a transcript of each
            session (`lmtp_rawlog_dir`), and as SASL server for Postfix: passwords by PLAIN, LOGIN, CRAM-MD5 and
            SCRAM, signed tokens by XOAUTH2 and OAUTHBEARER. Its LMTP offers neither AUTH nor SIZE nor SMTPUTF8: mail
            with a login goes on without it on loopback, and says so once. It offers CHUNKING, which Nexthop does not use
            in LMTP ([Outcomes](outcomes.md) says why). Its SASL has no SCRAM-SHA-256-PLUS (Dovecot has that from 2.4 on), nor
            has any other server here, so the channel binding of SCRAM is tested against a server of our own only.

            **Exim** (4.96 of Debian 12, `exim4-daemon-light`). The line of each arrival has the protocol (`P=`), the cipher
            (`X=`), the authenticator (`A=`), `K` for CHUNKING and `L` for PIPELINING.

            **OpenSMTPD** (6.8.0p2 of Debian 12) offers neither PIPELINING nor CHUNKING nor SMTPUTF8, and AUTH only under TLS.
            This version was not made for OpenSSL 3 and ends each TLS handshake with an internal error, whoever calls
            ([OpenSMTPD #1171](https://github.com/OpenSMTPD/OpenSMTPD/issues/1171)); the test asks `openssl s_client`
            first, and then holds Nexthop to delivery where that succeeds and to waiting where it does not. An
            opportunistic client would fall back to clear text here; with `tls.starttls = "require"` Nexthop does not.

            **microsocks** (1.0.3) and **tinyproxy** (1.11.1) stand between Nexthop and Postfix for SOCKS5 and HTTP CONNECT; their
            logs name the port they were asked for. Under the proxy runs STARTTLS, verified by the name of the server.

            ## How few connections

            `ReuseIT` counts in Postfix's log: fifty recipients at fifty domains routed to one relay are one connection and
            one transaction; with `max-recipients = 20` three transactions of one connection; a thousand messages
            with `concurrency = 5` take at most five connections, in clear text and under TLS.
            """;

    private InteropDocument() {}

    /** The whole page. */
    static String text() {
        Map<String, List<Cell>> servers = new LinkedHashMap<>();
        servers.put(
                "Postfix",
                Stream.concat(Cells.postfix().stream(), Cells.sevenBit().stream())
                        .toList());
        servers.put("Exim", Cells.exim());
        servers.put("OpenSMTPD", Cells.openSmtpd(false));
        servers.put("Dovecot LMTP", Cells.dovecot());
        servers.put("Postfix behind a proxy", Cells.proxied());
        StringBuilder page = new StringBuilder(HEAD);
        page.append(row("", servers.keySet()));
        page.append(row("---", servers.keySet().stream().map(_ -> "---").toList()));
        for (Feature feature : Feature.values()) {
            page.append(row(
                    feature.words(),
                    servers.values().stream()
                            .map(cells -> words(feature, cells))
                            .toList()));
        }
        return page.append(NOTES).toString();
    }

    private static String row(String first, Iterable<String> rest) {
        StringJoiner row = new StringJoiner(" | ", "| ", " |\n").add(first);
        rest.forEach(row::add);
        return row.toString();
    }

    private static String words(Feature feature, List<Cell> cells) {
        return cells.stream()
                .filter(cell -> cell.feature() == feature)
                .findFirst()
                .map(InteropDocument::words)
                .orElse("–");
    }

    private static String words(Cell cell) {
        if (!cell.feature().released()) {
            return "planned";
        }
        return switch (cell.end()) {
            case Cell.End.Delivered() -> "yes";
            case Cell.End.Converted() -> "yes²";
            case Cell.End.Failed(String status) -> "refused, " + status;
            case Cell.End.Waits(String why) -> why.equals(Cells.BROKEN_TLS) ? "yes¹" : "waits";
        };
    }
}
