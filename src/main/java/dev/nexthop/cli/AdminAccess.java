package dev.nexthop.cli;

import dev.nexthop.admin.TokenFile;
import dev.nexthop.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;

/**
 * Where the API of a configured server is, and how a command logs in there.
 *
 * @param base its address
 * @param authorization the value of the Authorization field
 */
record AdminAccess(URI base, String authorization) {
    /**
     * Whether an address is that of an HTTP listener of the configuration, so that its secret may go there. Names other
     * than localhost are not looked up: whoever answers DNS would get the secret.
     */
    static boolean isOwn(URI address, Configuration configuration) {
        int written = address.getPort();
        int port = written >= 0 ? written : "https".equals(address.getScheme()) ? 443 : 80;
        return configuration.inbound().http().stream()
                .anyMatch(listener -> listener.getPort() == port && sameHost(address.getHost(), listener.getAddress()));
    }

    private static boolean sameHost(String host, InetAddress listener) {
        if (host.equalsIgnoreCase("localhost")) {
            return listener.isLoopbackAddress() || listener.isAnyLocalAddress();
        }
        try {
            InetAddress asked = InetAddress.ofLiteral(host.replaceAll("^\\[|]$", ""));
            return asked.equals(listener) || listener.isAnyLocalAddress() && asked.isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name
        }
    }

    static AdminAccess of(Configuration configuration) {
        return new AdminAccess(base(configuration), authorization(configuration));
    }

    /** The same with the token of this installation, where the command may read it: no configuration changes that. */
    static AdminAccess byToken(Configuration configuration) {
        try {
            Optional<String> token = TokenFile.read(configuration.stores().path());
            return new AdminAccess(
                    base(configuration),
                    token.isPresent() ? ServerOptions.bearer(token.get()) : authorization(configuration));
        } catch (IOException e) {
            return of(configuration); // for root and the server's user only: others log in as the administrator
        }
    }

    private static URI base(Configuration configuration) {
        InetSocketAddress address = configuration.inbound().http().stream()
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        "the configuration has no listener with protocol = \"http\": the commands talk to that one"));
        return base(address);
    }

    private static URI base(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host = ip.isAnyLocalAddress()
                ? "127.0.0.1"
                : ip.getHostAddress().contains(":") ? "[" + ip.getHostAddress() + "]" : ip.getHostAddress();
        return URI.create("http://" + host + ":" + address.getPort() + "/");
    }

    private static String authorization(Configuration configuration) {
        Optional<Configuration.Admin> admin = configuration.administration().admin();
        if (admin.isPresent()) {
            return ServerOptions.basic(admin.get().user(), admin.get().secret());
        }
        try {
            return TokenFile.read(configuration.stores().path())
                    .map(ServerOptions::bearer)
                    .orElseThrow(() -> new CommandFailure("no server has left its token in "
                            + configuration.stores().path()
                            + ": start it first, or set authentication.fallback-admin"));
        } catch (IOException e) {
            throw new CommandFailure("the server's token can't be read (" + e.getMessage()
                    + "): run the command as the server's user, or give --token");
        }
    }

    @Override
    public String toString() {
        return "AdminAccess[" + base + "]";
    }
}
