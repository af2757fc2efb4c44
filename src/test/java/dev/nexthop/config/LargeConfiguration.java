package dev.nexthop.config;

/** Configurations of any length: remote hosts, accounts, a look-up table and rules, a quarter of the lines each. */
public final class LargeConfiguration {
    private static final String HEAD = """
            [server]
            hostname = "mx.example.org"
            [server.listener.smtp]
            bind = ["127.0.0.1:2525"]
            protocol = "smtp"
            [storage]
            directory = "staff"
            [directory.staff]
            type = "memory"
            """;

    private LargeConfiguration() {}

    /**
     * A configuration without errors.
     *
     * @param lines how many lines it has, about
     * @return its text
     */
    public static String text(int lines) {
        int quarter = lines / 4;
        StringBuilder text = new StringBuilder(HEAD);
        for (int i = 0; i < quarter / 8; i++) {
            text.append("""
                    [remote.relay%1$d]
                    address = "smtp%1$d.example.net"
                    port = 587
                    protocol = "smtp"
                    concurrency = 10
                    tls.implicit = false
                    auth.username = "user%1$d"
                    auth.secret = "secret%1$d"
                    """.formatted(i));
        }
        for (int i = 0; i < quarter / 4; i++) {
            text.append("""
                    [[directory.staff.principals]]
                    name = "user%1$d"
                    secret = "plain%1$d"
                    email = ["user%1$d@d%1$d.example.org", "info%1$d@d%1$d.example.org"]
                    """.formatted(i));
        }
        text.append("[lookup.routes]\n");
        for (int i = 0; i < quarter; i++) {
            text.append("\"customer%d.example\" = \"relay%d\"\n".formatted(i, i % (quarter / 8)));
        }
        text.append("[queue.outbound]\nnext-hop = [\n");
        for (int i = 0; i < quarter; i++) {
            text.append("""
                      { if = "rcpt_domain = 'c%1$d.example' || ends_with(rcpt_domain, '.c%1$d.example')", then = "'relay%2$d'" },
                    """.formatted(i, i % (quarter / 8)));
        }
        return text.append("  { else = false },\n]\n").toString();
    }
}
