package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A whole DNS of the test's own: a signed root, below it the zones of the test, signed with ldns-signzone and served by
 * NSD. Its trust anchor is the root's DS record. A CNAME leads wherever the test wants; what no zone has does not exist,
 * securely.
 *
 * <pre>
 * SignedTree tree = scenario.closing(SignedTree.serve(scenario.folder("nsd"), zones));
 * UnboundPeer unbound = scenario.closing(UnboundPeer.validating(scenario.folder("unbound"), tree));
 * </pre>
 *
 * <p>Tests that use it have the tag {@code unbound}.
 */
final class SignedTree implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String ALGORITHM = "ECDSAP256SHA256";

    private final Path folder;
    private final Network network;
    private final InetSocketAddress address;
    private final Map<String, String> keys = new HashMap<>();
    private List<SignedZone> zones = List.of();
    private Process server;

    private SignedTree(Path folder, Network network, InetSocketAddress address, List<SignedZone> zones)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.network = network;
        this.address = address;
        write(zones);
        this.server = start();
    }

    /** Serves the zones on a free port of loopback. */
    static SignedTree serve(Path folder, SignedZone... zones) throws IOException, InterruptedException {
        return new SignedTree(folder, Network.ours(), new InetSocketAddress("127.0.0.1", Ports.free()), List.of(zones));
    }

    /** Serves them at that address of that network. */
    static SignedTree serve(Path folder, Network network, InetSocketAddress address, List<SignedZone> zones)
            throws IOException, InterruptedException {
        return new SignedTree(folder, network, address, zones);
    }

    /** Serves other zones instead, with the keys of those that had the same names. Resolvers have to forget the old. */
    void replace(SignedZone... zones) throws IOException, InterruptedException {
        Await.ended(server, LIMIT);
        write(List.of(zones));
        server = start();
    }

    /** Where the authority listens, by UDP and TCP. It answers for its zones and resolves nothing. */
    InetSocketAddress address() {
        return address;
    }

    Network network() {
        return network;
    }

    /** A file with the DS record of the root, in the form of a zone file. */
    Path trustAnchor() {
        return folder.resolve("anchor.ds");
    }

    /** The names of all zones, the root's is "". */
    List<String> names() {
        return zones.stream().map(SignedZone::name).toList();
    }

    private void write(List<SignedZone> wanted) throws IOException, InterruptedException {
        List<SignedZone> all = new ArrayList<>(wanted);
        if (wanted.stream().noneMatch(zone -> zone.name().isEmpty())) {
            all.add(SignedZone.signed("", "ns.nic A 127.0.0.1"));
        }
        all.sort(Comparator.comparingInt((SignedZone zone) -> zone.name().length())
                .reversed());
        zones = List.copyOf(all);
        Map<String, StringBuilder> delegations = new HashMap<>();
        StringBuilder config = new StringBuilder(config());
        // The longest first: a zone's DS record is there when its parent is signed.
        for (SignedZone zone : all) {
            String file = file(zone) + ".zone";
            Path plain = Files.writeString(
                    folder.resolve(file),
                    zone.file(delegations
                            .getOrDefault(zone.name(), new StringBuilder())
                            .toString()));
            String ds = zone.signing() == SignedZone.Signing.NONE ? "" : sign(zone, plain);
            all.stream()
                    .filter(above -> above != zone && above.holds(zone.name()))
                    .max(Comparator.comparingInt(above -> above.name().length()))
                    .ifPresent(above -> delegations
                            .computeIfAbsent(above.name(), _ -> new StringBuilder())
                            .append(zone.name() + ". IN NS ns.nic.\n" + ds + "\n"));
            if (zone.name().isEmpty()) {
                Files.writeString(trustAnchor(), ds);
            }
            config.append("zone:\n name: \"%s.\"\n zonefile: \"%s\"\n".formatted(zone.name(), file));
        }
        Files.writeString(folder.resolve("nsd.conf"), config);
    }

    private static String file(SignedZone zone) {
        return zone.name().isEmpty() ? "root" : zone.name();
    }

    /** Signs a zone in its place, and answers the DS record for its delegation. */
    private String sign(SignedZone zone, Path plain) throws IOException, InterruptedException {
        String key = keys.get(zone.name());
        if (key == null) {
            key = run("ldns-keygen", "-a", ALGORITHM, "-k", zone.name() + ".").strip();
            keys.put(zone.name(), key);
        }
        Path signed = folder.resolve(file(zone) + ".signed");
        List<String> words = new ArrayList<>(List.of("ldns-signzone", "-f", signed.toString()));
        if (zone.signing() == SignedZone.Signing.NSEC3) {
            words.addAll(List.of("-n", "-t", "0", "-s", ""));
        }
        if (zone.isExpired()) {
            words.addAll(List.of("-i", "20240101000000", "-e", "20240201000000"));
        }
        words.addAll(List.of(plain.toString(), key));
        run(words.toArray(String[]::new));
        Files.writeString(plain, zone.tampered(Files.readString(signed)));
        String ds = Files.readString(folder.resolve(key + ".ds")).strip();
        if (!zone.isWronglyDelegated()) {
            return ds;
        }
        char last = ds.charAt(ds.length() - 1);
        return ds.substring(0, ds.length() - 1) + (last == '0' ? '1' : '0');
    }

    private String run(String... words) throws IOException, InterruptedException {
        return Unpacked.command(folder, words).run().orFail().text();
    }

    private String config() {
        return """
                server:
                 ip-address: %s@%d
                 server-count: 1
                 username: ""
                 chroot: ""
                 database: ""
                 zonesdir: "%s"
                 pidfile: "%s/nsd.pid"
                 xfrdfile: "%s/xfrd.state"
                 xfrdir: "%s"
                 zonelistfile: "%s/zone.list"
                 rrl-ratelimit: 0
                remote-control:
                 control-enable: no
                """.formatted(
                address.getAddress().getHostAddress(), address.getPort(), folder, folder, folder, folder, folder);
    }

    private Process start() throws IOException {
        Process started = Unpacked.start(
                network, folder, "nsd", "-d", "-c", folder.resolve("nsd.conf").toString());
        Await.until("NSD", LIMIT, () -> Unpacked.listens(network, address, started));
        return started;
    }

    @Override
    public void close() {
        List<ProcessHandle> children;
        try (Stream<ProcessHandle> all = server.descendants()) {
            children = all.toList();
        }
        Await.ended(server, LIMIT);
        children.forEach(ProcessHandle::destroy);
    }
}
