package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real servers, each with every feature that it has: what arrives, and what the server itself says of how it came. */
class InteropIT {
    private static final List<String> USERS = List.of("jane:{PLAIN}jane-secret");

    private static final String CLIENT = """
            [certificate."client"]
            cert = "%{file:@client-ca@}%"
            private-key = "%{file:@client-key@}%"
            """;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    private final Places places = new Places();

    @TestFactory
    @Tag("postfix")
    @Tag("dovecot")
    Stream<DynamicTest> postfix() throws Exception {
        PostfixPeer postfix = startPostfix();
        return Interop.run(scenario, postfix, places, Cells.postfix(), CLIENT);
    }

    @TestFactory
    @Tag("postfix")
    @Tag("python")
    Stream<DynamicTest> sevenBit() throws Exception {
        places.ports("smtp", "seven");
        PostfixPeer.Setup setup = new PostfixPeer.Setup()
                .with("debug_peer_list", "127.0.0.1")
                .with("debug_peer_level", "1")
                .service("seven", places.port("seven"), "smtpd_discard_ehlo_keywords=8bitmime,smtputf8");
        PostfixPeer postfix = scenario.closing(PostfixPeer.start(
                scenario.folder("postfix"),
                Network.ours(),
                new InetSocketAddress("127.0.0.1", places.port("smtp")),
                setup));
        return Interop.run(scenario, postfix, places, Cells.sevenBit());
    }

    @TestFactory
    @Tag("exim")
    Stream<DynamicTest> exim() throws Exception {
        EximPeer exim = scenario.closing(EximPeer.start(scenario.folder("exim"), places, certificate()));
        return Interop.run(scenario, exim, places, Cells.exim());
    }

    @TestFactory
    @Tag("opensmtpd")
    Stream<DynamicTest> openSmtpd() throws Exception {
        OpenSmtpdPeer openSmtpd =
                scenario.closing(OpenSmtpdPeer.start(scenario.folder("opensmtpd"), places, certificate()));
        return Interop.run(scenario, openSmtpd, places, Cells.openSmtpd(openSmtpd.handshakes()));
    }

    @TestFactory
    @Tag("dovecot")
    Stream<DynamicTest> dovecot() throws Exception {
        Path home = scenario.folder("dovecot");
        places.ports("lmtp", "lmtps").with("socket", home.resolve("lmtp.sock"));
        certificate();
        Files.createDirectories(home.resolve("raw"));
        // A file where the mailbox ought to be: this recipient fails when the content has come.
        Path mixed = Files.createDirectories(home.resolve("mail/mixed.example"));
        Files.setAttribute(mixed, "unix:uid", PrivateRoot.NOBODY);
        Files.createFile(mixed.resolve("blocked"));
        DovecotPeer dovecot = scenario.closing(
                DovecotPeer.start(home, Network.ours(), places.port("lmtp"), USERS, places.fill("""
                        ssl = yes
                        ssl_cert = <@ca@
                        ssl_key = <@key@
                        lmtp_rawlog_dir = @raw@
                        service lmtp {
                          inet_listener lmtps {
                            address = 127.0.0.1
                            port = @lmtps@
                            ssl = yes
                          }
                          unix_listener @socket@ {
                            mode = 0666
                          }
                        }
                        """.replace(
                                "@raw@", home.resolve("raw").toString()))));
        return Interop.run(scenario, dovecot, places, Cells.dovecot());
    }

    @TestFactory
    @Tag("postfix")
    @Tag("dovecot")
    @Tag("socks")
    @Tag("httpproxy")
    Stream<DynamicTest> proxies() throws Exception {
        if (Cells.proxied().stream().noneMatch(cell -> cell.feature().built())) {
            return Stream.empty();
        }
        PostfixPeer postfix = startPostfix();
        ProxyPeer proxies = scenario.closing(ProxyPeer.start(scenario.folder("proxies"), places));
        return Stream.concat(
                Interop.run(scenario, postfix, places, Cells.proxied()), proxies.tests(places.port("smtp")));
    }

    private PostfixPeer startPostfix() throws IOException, InterruptedException {
        DovecotPeer dovecot = startSasl();
        places.ports("smtp", "smtps", "old", "all", "asking");
        Certificate client = Certificate.selfSigned(scenario.home(), "client.example.org");
        places.with("client-ca", client.file()).with("client-key", client.key());
        PostfixPeer.Setup setup = new PostfixPeer.Setup()
                .startTls(certificate())
                .with("smtpd_tls_received_header", "yes")
                .with("smtpd_sasl_authenticated_header", "yes")
                .with("smtpd_sasl_type", "dovecot")
                .with("smtpd_sasl_path", dovecot.authSocket().toString())
                .with("message_size_limit", "204800")
                // Every command of these clients goes to the log.
                .with("debug_peer_list", "127.0.0.1")
                .with("debug_peer_level", "1")
                .service("smtps", places.port("smtps"), "smtpd_tls_wrappermode=yes")
                .service(
                        "old",
                        places.port("old"),
                        "smtpd_discard_ehlo_keywords=pipelining,8bitmime,smtputf8,dsn,chunking,size,enhancedstatuscodes")
                .service(
                        "asking",
                        places.port("asking"),
                        "smtpd_tls_req_ccert=yes",
                        "smtpd_tls_security_level=encrypt",
                        "smtpd_tls_CAfile=" + client.file())
                .service("all", places.port("all"), onlyWith("static:all"));
        for (String mechanism :
                List.of("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "xoauth2", "oauthbearer")) {
            setup.service(mechanism, places.port(mechanism), onlyWith(mechanism));
        }
        return scenario.closing(PostfixPeer.start(
                scenario.folder("postfix"),
                Network.ours(),
                new InetSocketAddress("127.0.0.1", places.port("smtp")),
                setup));
    }

    private static String[] onlyWith(String mechanism) {
        return new String[] {
            "smtpd_sasl_auth_enable=yes",
            "smtpd_tls_auth_only=yes",
            "smtpd_sasl_mechanism_filter=" + mechanism,
            "smtpd_relay_restrictions=permit_sasl_authenticated,reject"
        };
    }

    /** Every mechanism that Dovecot has for a password, and two for a token that it checks itself (RFC 7519). */
    private DovecotPeer startSasl() throws IOException {
        Path home = scenario.folder("dovecot");
        Token token = Token.of("jane");
        places.with("token-file", Files.writeString(home.resolve("token"), token.text() + "\n"));
        // Without a shell in between its argument is one, blank and all.
        places.with(
                "token-command",
                Files.writeString(
                        home.resolve("print-token"), "#!/bin/sh\n[ \"$1\" = 'a b' ] && echo '" + token.text() + "'\n"));
        Files.setPosixFilePermissions(home.resolve("print-token"), PosixFilePermissions.fromString("rwx------"));
        Path keys = Files.createDirectories(home.resolve("keys/default/HS256"));
        Files.writeString(keys.resolve("default"), token.key());
        Path settings = Files.writeString(home.resolve("token.conf"), """
                introspection_mode = local
                local_validation_key_dict = fs:posix:prefix=%s/
                username_attribute = sub
                """.formatted(home.resolve("keys")));
        return scenario.closing(DovecotPeer.start(home, Network.ours(), Ports.free(), USERS, """
                auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer
                passdb {
                  driver = oauth2
                  mechanisms = xoauth2 oauthbearer
                  args = %s
                }
                """.formatted(settings)));
    }

    private Certificate certificate() throws IOException, InterruptedException {
        Certificate certificate = Certificate.selfSigned(scenario.home(), "relay.example.org");
        places.with("ca", certificate.file()).with("key", certificate.key()).with("pin", certificate.fingerprint());
        return certificate;
    }
}
