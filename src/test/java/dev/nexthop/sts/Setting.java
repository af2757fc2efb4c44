package dev.nexthop.sts;

import dev.nexthop.dns.DnsjavaResolver;
import dev.nexthop.dns.Resolver;
import dev.nexthop.dns.TestNameServer;
import dev.nexthop.e2e.PolicyHost;
import dev.nexthop.smtp.Domain;
import dev.nexthop.tls.StsAnswer;
import dev.nexthop.tls.TestCertificates;
import dev.nexthop.tls.TlsClient;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One domain with a name server, a policy host and a cache that asks both; time goes by when it is told to. */
final class Setting implements PolicyCache.Watcher, AutoCloseable {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    static final Domain DOMAIN = new Domain("example.org");
    static final String HOST = "mta-sts.example.org";

    private static final String TXT = "_mta-sts.example.org.";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final TestCertificates ca = new TestCertificates();
    final TestNameServer dns = TestNameServer.start(HOST + ". 300 IN A 127.0.0.1\n");
    final PolicyHost host;
    /** What the watcher heard. */
    final Collection<String> heard = new ConcurrentLinkedQueue<>();

    private final Path folder;
    private final TlsClient tls;
    private Instant now = START;
    private PolicyCache cache;

    private Setting(Path folder, int most) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.tls = new TlsClient(Optional.of(ca.pem(folder)));
        this.host = PolicyHost.onLoopback(ca.server(HOST));
        this.cache = PolicyCache.open(folder.resolve("policies"), () -> now, this, most);
    }

    static Setting at(Path folder) throws IOException, GeneralSecurityException {
        return new Setting(folder, PolicyCache.MOST);
    }

    static Setting keeping(int most, Path folder) throws IOException, GeneralSecurityException {
        return new Setting(folder, most);
    }

    /** Publishes a TXT record with this id in the place of what there is. */
    Setting txt(String id) {
        dns.remove(TXT).add(TXT + " 300 IN TXT \"v=STSv1; id=" + id + ";\"\n");
        return this;
    }

    Setting noTxt() {
        dns.remove(TXT);
        return this;
    }

    /** Asks, with a resolver that has nothing in its cache. */
    StsAnswer ask() {
        return ask(PATIENCE);
    }

    StsAnswer ask(Duration patience) {
        return cache.by(means()).of(DOMAIN, patience);
    }

    PolicyCache.Means means() {
        Resolver resolver = DnsjavaResolver.of(dns.settings(Duration.ofMillis(300)));
        PolicyFetcher.Reach reach = new PolicyFetcher.Reach(host.port(), _ -> Optional.empty());
        return new PolicyCache.Means(resolver, new PolicyFetcher(resolver, tls, reach));
    }

    PolicyCache cache() {
        return cache;
    }

    /** One round of the refresher. */
    void round() {
        cache.refresher().round(means());
    }

    Setting later(Duration time) {
        now = now.plus(time);
        return this;
    }

    Instant now() {
        return now;
    }

    /** Stops, and starts again with what is on disk. */
    Setting restart() throws IOException {
        return restart(_ -> {});
    }

    /** The same, with something done to the folder meanwhile. */
    Setting restart(Harm meanwhile) throws IOException {
        cache.close();
        meanwhile.to(folder.resolve("policies"));
        cache = PolicyCache.open(folder.resolve("policies"), () -> now, this);
        return this;
    }

    /** What befalls a folder. */
    interface Harm {
        void to(Path folder) throws IOException;
    }

    List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void changed(Domain domain) {
        heard.add("changed " + domain);
    }

    @Override
    public void failing(Domain domain, String text) {
        heard.add("failing " + domain);
    }

    @Override
    public void close() throws IOException {
        cache.close();
        host.close();
        dns.close();
    }
}
