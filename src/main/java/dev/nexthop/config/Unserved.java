package dev.nexthop.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A key of Stalwart 0.7, or everything below one, that is known and has no effect here yet.
 *
 * @param key the key
 * @param code the warning
 */
record Unserved(Key key, Code code) {
    private static final String SESSION = """
            session.transfer-limit session.connect session.ehlo session.mail session.throttle session.hook
            session.data.script session.data.pipe session.data.milter session.data.hook session.data.add-headers
            session.data.spam-filter
            session.rcpt.script session.rcpt.rewrite session.rcpt.sub-addressing session.rcpt.subaddressing
            session.rcpt.catch-all session.rcpt.errors.wait
            session.auth.directory session.auth.require session.auth.must-match-sender session.auth.errors.wait
            session.extensions.chunking session.extensions.no-soliciting
            """;

    private static final String LIMITS = "queue.limiter queue.threads global";

    private static final String AUTHENTICITY = """
            signature auth report.dsn.sign report.dkim report.spf report.dmarc report.tls.aggregate.sign report.analysis
            report.domain
            """;

    private static final String STORES = """
            store.<id>.min-blob-size store.<id>.write-buffer-size store.<id>.compression
            store.<id>.pool.workers store.<id>.pool.min-connections store.<id>.pool.create-timeout
            store.<id>.pool.wait-timeout store.<id>.pool.recycle-timeout
            store.<id>.purge store.<id>.region
            store.<id>.bucket store.<id>.endpoint store.<id>.access-key store.<id>.secret-key
            store.<id>.security-token store.<id>.profile store.<id>.key-prefix store.<id>.depth
            store.<id>.retry store.<id>.index
            store.<id>.cluster-file store.<id>.transaction store.<id>.ids
            store.<id>.disable store.<id>.max-connections store.<id>.cloud-id store.<id>.max-allowed-packet
            directory.<id>.store directory.<id>.address directory.<id>.host directory.<id>.port
            directory.<id>.protocol directory.<id>.url directory.<id>.base-dn directory.<id>.bind
            directory.<id>.filter directory.<id>.attributes directory.<id>.columns directory.<id>.tls
            directory.<id>.pool directory.<id>.cache directory.<id>.limits directory.<id>.timeout
            directory.<id>.auth directory.<id>.max-connections directory.<id>.disable
            directory.<id>.principals[].quota
            store.<id>.min-connections store.<id>.read-from-replicas resolver.cache
            storage.encryption storage.full-text storage.cluster cache cluster enterprise
            resolver.preserve-intermediates resolver.concurrency resolver.public-suffix resolver.edns
            """;

    private static final String LISTENERS = """
            server.listener.<id>.greeting
            server.listener.<id>.url server.listener.<id>.max-connections server.listener.<id>.socket
            server.listener.<id>.proxy server.listener.<id>.tls.timeout
            server.socket server.proxy server.run-as
            server.blocked-ip server.allowed-ip server.http server.fail2ban server.security
            certificate.<id>.subjects config
            authentication.rate-limit authentication.fail2ban authentication.master
            """;

    private static final String SERVICES =
            "sieve spam-filter spam imap jmap acme oauth webadmin form email contacts calendar file-storage";

    private static final String TRACERS = "tracer tracing metrics log.level log.enable";

    static List<Unserved> all() {
        List<Unserved> all = new ArrayList<>();
        add(all, SESSION, Code.SESSION_NOT_SERVED);
        add(all, LIMITS, Code.LIMIT_NOT_SERVED);
        add(all, AUTHENTICITY, Code.AUTHENTICITY_NOT_SERVED);
        add(all, STORES, Code.STORE_NOT_SERVED);
        add(all, LISTENERS, Code.LISTENER_NOT_SERVED);
        add(all, SERVICES, Code.SERVICE_NOT_SERVED);
        add(all, TRACERS, Code.TRACER_NOT_SERVED);
        return List.copyOf(all);
    }

    private static void add(List<Unserved> all, String keys, Code code) {
        Arrays.stream(keys.strip().split("\\s+")).forEach(key -> all.add(new Unserved(new Key(key), code)));
    }
}
