package dev.nexthop.admin;

import dev.nexthop.delivery.HopHealth;
import dev.nexthop.directory.Directory;
import dev.nexthop.mailbox.Mailboxes;
import dev.nexthop.queue.SpoolInspection;
import dev.nexthop.schedule.QueueControl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.URIUtil;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP listeners. {@code /healthz}, {@code /readyz} and the MTA-STS policy answer anybody; everything under {@code /api/} wants
 * credentials. Requests run on platform threads, because they read the disk through JNI.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int MAX_THREADS = 16;
    private static final long IDLE_TIMEOUT_MILLIS = 30_000;

    private final Server server;
    private final Map<InetSocketAddress, ServerConnector> connectors = new LinkedHashMap<>();
    private volatile Credentials credentials;
    private volatile PublishedPolicy policy;

    private AdminServer(Server server, AdminSettings settings) {
        this.server = server;
        this.credentials = new Credentials(settings);
        this.policy = new PublishedPolicy(settings.policy());
    }

    /**
     * What the API is about.
     *
     * @param queue the queue
     * @param directory who has mail here
     * @param mailboxes the local store, where there is one
     * @param ready whether the server takes mail
     * @param reloading who changes the configuration
     * @param hops how configured hosts fare
     * @param dnssec whether DANE can be, in one line; empty when nobody knows
     * @param spool looks at the spool itself, where there is one
     */
    public record Subjects(
            QueueControl queue,
            Directory directory,
            Optional<Mailboxes> mailboxes,
            BooleanSupplier ready,
            Reloading reloading,
            Supplier<List<HopHealth.Status>> hops,
            Supplier<String> dnssec,
            Optional<SpoolInspection> spool) {
        /** Where nobody looks at DNSSEC; the parameters are those of the record. */
        public Subjects(
                QueueControl queue,
                Directory directory,
                Optional<Mailboxes> mailboxes,
                BooleanSupplier ready,
                Reloading reloading,
                Supplier<List<HopHealth.Status>> hops) {
            this(queue, directory, mailboxes, ready, reloading, hops, () -> "", Optional.empty());
        }

        /** Without configured hosts; the parameters are those of the record. */
        public Subjects(
                QueueControl queue,
                Directory directory,
                Optional<Mailboxes> mailboxes,
                BooleanSupplier ready,
                Reloading reloading) {
            this(queue, directory, mailboxes, ready, reloading, List::of);
        }
    }

    /**
     * Binds every HTTP listener.
     *
     * @param settings where and for whom
     * @param subjects what it is about
     * @return the running server
     * @throws IOException when an address can't be bound; the message names it
     */
    public static AdminServer start(AdminSettings settings, Subjects subjects) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
        threads.setName("http");
        AdminServer admin = new AdminServer(new Server(threads), settings);
        for (InetSocketAddress address : settings.addresses()) {
            ServerConnector connector = admin.connector(address);
            admin.server.addConnector(connector);
            admin.connectors.put(address, connector);
        }
        admin.server.setHandler(admin.new Requests(new Api(subjects), subjects));
        try {
            admin.server.start();
        } catch (Exception e) { // Jetty declares no narrower type.
            admin.close();
            throw new IOException("HTTP listener on " + settings.addresses() + ": " + e.getMessage(), e);
        }
        return admin;
    }

    private ServerConnector connector(InetSocketAddress address) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE_TIMEOUT_MILLIS);
        return connector;
    }

    /**
     * Opens the addresses that are new in other settings; nothing is answered there yet, and all else stays as it is. Not
     * beside another change.
     *
     * @param settings where and for whom
     * @return the change, to be committed or abandoned
     * @throws IOException when an address can't be bound, naming it; nothing is changed then
     */
    public Change prepare(AdminSettings settings) throws IOException {
        Change change = new Change(settings);
        for (InetSocketAddress address : settings.addresses()) {
            if (!connectors.containsKey(address)) {
                try {
                    ServerConnector connector = connector(address);
                    change.opened.put(address, connector);
                    connector.open();
                } catch (IOException e) {
                    change.abandon();
                    throw new IOException("HTTP listener on " + address + ": " + e.getMessage(), e);
                } catch (RuntimeException e) {
                    change.abandon();
                    throw e;
                }
            }
        }
        return change;
    }

    /** Other settings that are ready to be taken. */
    public final class Change {
        private final AdminSettings settings;
        private final Map<InetSocketAddress, ServerConnector> opened = new LinkedHashMap<>();

        private Change(AdminSettings settings) {
            this.settings = settings;
        }

        /**
         * Answers under the new settings. Requests at addresses that are no longer asked for are answered first.
         *
         * @return what went wrong: an address that is closed again, because nobody can be answered there
         */
        public List<String> commit() {
            List<String> troubles = new ArrayList<>();
            credentials = new Credentials(settings);
            policy = new PublishedPolicy(settings.policy());
            opened.forEach((address, connector) -> {
                server.addConnector(connector);
                try {
                    connector.start();
                    connectors.put(address, connector);
                } catch (Exception e) { // Jetty declares no narrower type.
                    log.error("HTTP listener on {} does not start", address, e);
                    connector.close();
                    server.removeConnector(connector);
                    troubles.add("HTTP listener on " + address + " does not start: " + e.getMessage());
                }
            });
            List<InetSocketAddress> gone = connectors.keySet().stream()
                    .filter(address -> !settings.addresses().contains(address))
                    .toList();
            gone.forEach(address -> retire(connectors.remove(address)));
            return troubles;
        }

        /** Closes what was opened. */
        public void abandon() {
            opened.values().forEach(ServerConnector::close);
        }
    }

    /** Takes no more connections at once, and ends when those that there are have ended, or were idle too long. */
    private void retire(@Nullable ServerConnector connector) {
        if (connector == null) {
            return;
        }
        var _ = connector
                .shutdown()
                .orTimeout(IDLE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> Thread.ofVirtual().name("http-end").start(() -> {
                    try {
                        connector.stop();
                        server.removeConnector(connector);
                    } catch (Exception e) { // Jetty declares no narrower type.
                        log.warn("an HTTP listener did not stop cleanly", e);
                    }
                }));
    }

    /** The ports bound, in the order in which they were opened. */
    public List<Integer> ports() {
        return connectors.values().stream().map(ServerConnector::getLocalPort).toList();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) { // Jetty declares no narrower type; nothing is left to do but say so.
            log.warn("HTTP listeners did not stop cleanly", e);
        }
    }

    private final class Requests extends Handler.Abstract {
        private final Api api;
        private final Subjects subjects;

        Requests(Api api, Subjects subjects) {
            this.api = api;
            this.subjects = subjects;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Answer answer = answer(request);
            response.setStatus(answer.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            answer.fields().forEach(response.getHeaders()::put);
            if (answer.status() == 401) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"nexthop\"");
            }
            response.write(true, ByteBuffer.wrap(answer.content()), callback);
            return true;
        }

        private Answer answer(Request request) {
            String path = Request.getPathInContext(request);
            if (path.equals("/healthz")) {
                return Answer.text(200, "ok\n");
            }
            if (path.equals("/readyz")) {
                boolean takes = subjects.ready().getAsBoolean();
                String dnssec = subjects.dnssec().get();
                return Answer.text(
                        takes ? 200 : 503,
                        (takes ? "ready\n" : "not ready\n")
                                + subjects.reloading().state() + "\n"
                                + (dnssec.isEmpty() ? "" : "dnssec " + dnssec + "\n"));
            }
            if (path.equals(PublishedPolicy.PATH)) {
                return policy.answer(Request.getServerName(request), subjects.directory());
            }
            Optional<String> foreign = CrossSite.refusal(request.getMethod(), request.getHeaders());
            if (foreign.isPresent()) {
                return Answer.error(403, foreign.get());
            }
            Optional<String> login = credentials.accept(request.getHeaders().get(HttpHeader.AUTHORIZATION));
            if (login.isEmpty()) {
                return Answer.error(401, "credentials are missing or wrong");
            }
            if (!path.startsWith("/api/")) {
                return Answer.error(404, "the API is under /api/");
            }
            try {
                return api.answer(request.getMethod(), parts(path), query(request), login.get());
            } catch (Api.BadRequest e) {
                return Answer.error(400, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                log.error("request {} {} failed", request.getMethod(), path, e);
                return Answer.error(500, "the request failed; the server's log says why");
            }
        }

        private static List<String> parts(String path) {
            return Arrays.stream(path.substring("/api/".length()).split("/", -1))
                    .filter(part -> !part.isEmpty())
                    .map(URIUtil::decodePath)
                    .toList();
        }

        private static Map<String, String> query(Request request) {
            Map<String, String> query = new HashMap<>();
            for (Fields.Field field : Request.extractQueryParameters(request)) {
                if (field.getValues().size() != 1) {
                    throw new Api.BadRequest("the parameter '" + field.getName() + "' is written more than once");
                }
                query.put(field.getName(), String.valueOf(field.getValue()));
            }
            return query;
        }
    }
}
