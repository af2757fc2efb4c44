package dev.nexthop.config;

import dev.nexthop.route.NextHop;
import dev.nexthop.route.RemoteHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a test expects of a decision; what is empty is not looked at.
 *
 * @param hop ids of next hops in their order; {@code mx} for MX; one id alone is the hop that is tried first
 * @param kind what is done
 * @param host the address of a remote
 * @param port the port
 * @param tls what is asked of the connection
 * @param reason words that the reason holds, in any case
 */
record Expectation(
        List<String> hop,
        Optional<String> kind,
        Optional<String> host,
        Optional<Integer> port,
        Optional<String> tls,
        Optional<String> reason) {

    /**
     * What came out.
     *
     * @param hop the next hop
     * @param reason why
     * @param mx what is asked of connections to MX hosts: the word of STARTTLS, and the port
     */
    record Got(NextHop hop, String reason, Mx mx) {
        record Mx(String startTls, int port) {}
    }

    boolean isEmpty() {
        return hop.isEmpty() && kind.isEmpty() && host.isEmpty() && port.isEmpty() && tls.isEmpty() && reason.isEmpty();
    }

    /** Each expectation that does not hold: {@code hop 'relay', got 'local'}. */
    List<String> unmet(Got got) {
        List<String> unmet = new ArrayList<>();
        List<String> ids = ids(got.hop());
        if (!hop.isEmpty() && !(hop.size() == 1 ? ids.getFirst().equals(hop.getFirst()) : ids.equals(hop))) {
            unmet.add("hop " + quoted(String.join(", ", hop)) + ", got " + quoted(String.join(", ", ids)));
        }
        kind.filter(wanted -> !wanted.equals(got.hop().kind()))
                .ifPresent(wanted -> unmet.add(
                        "kind " + quoted(wanted) + ", got " + quoted(got.hop().kind())));
        List<RemoteHost> hosts = got.hop() instanceof NextHop.Relay relay ? relay.hosts() : List.of();
        List<RemoteHost> meant =
                host.map(wanted -> named(wanted, hosts)).orElse(hosts.isEmpty() ? hosts : hosts.subList(0, 1));
        if (host.isPresent() && meant.isEmpty()) {
            List<String> addresses = hosts.stream().map(RemoteHost::address).toList();
            unmet.add("host " + quoted(host.get()) + ", got " + (addresses.isEmpty() ? "none" : quoted(addresses)));
        }
        boolean mx = got.hop() instanceof NextHop.Mx;
        List<RemoteHost> seen = meant.isEmpty() && !hosts.isEmpty() ? hosts.subList(0, 1) : meant;
        port.ifPresent(wanted -> {
            List<Integer> ports = mx
                    ? List.of(got.mx().port())
                    : seen.stream().map(RemoteHost::port).distinct().toList();
            if (!ports.contains(wanted)) {
                unmet.add("port " + wanted + ", got " + (ports.isEmpty() ? "none" : ports.getFirst()));
            }
        });
        tls.ifPresent(wanted -> {
            List<String> words = mx
                    ? List.of(got.mx().startTls())
                    : seen.stream().map(one -> one.tls().word()).distinct().toList();
            if (!words.equals(List.of(wanted))) {
                unmet.add("tls " + quoted(wanted) + ", got " + (words.isEmpty() ? "none" : quoted(words)));
            }
        });
        reason.filter(wanted -> !lower(got.reason()).contains(lower(wanted)))
                .ifPresent(wanted -> unmet.add("a reason with " + quoted(wanted) + ", got " + quoted(got.reason())));
        return unmet;
    }

    private static List<String> ids(NextHop hop) {
        return hop instanceof NextHop.Relay relay
                ? relay.hosts().stream().map(RemoteHost::id).distinct().toList()
                : List.of(hop.id());
    }

    private static List<RemoteHost> named(String wanted, List<RemoteHost> hosts) {
        return hosts.stream()
                .filter(host -> host.address().equalsIgnoreCase(wanted))
                .toList();
    }

    private static String quoted(String text) {
        return "'" + text + "'";
    }

    private static String quoted(List<String> texts) {
        return quoted(String.join(", ", texts));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
