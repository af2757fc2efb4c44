package dev.nexthop.client;

import dev.nexthop.flight.ConnectionEvent;
import dev.nexthop.flight.Telling;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Reply;
import dev.nexthop.tls.StartTls;
import dev.nexthop.tls.TlsClient;
import dev.nexthop.tls.TlsDemand;
import dev.nexthop.tls.TlsException;
import dev.nexthop.tls.TlsVerdict;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From nothing to a session that is ready for MAIL: connection, greeting, EHLO, STARTTLS and EHLO again, AUTH (RFC 5321
 * §3.1 and §3.2, RFC 3207, RFC 4954). Any failure closes the connection.
 */
final class Opening {
    private final Target target;
    private final StepTimeouts timeouts;
    private final TlsClient tls;
    private final Connection connection;
    private @Nullable Sasl sasl;

    private Opening(Target target, StepTimeouts timeouts, TlsClient tls, Connection connection) {
        this.target = target;
        this.timeouts = timeouts;
        this.tls = tls;
        this.connection = connection;
    }

    static ClientSession open(Target target, StepTimeouts timeouts, Connector connector, TlsClient tls)
            throws SessionException {
        ConnectionEvent event = ConnectionEvent.begun();
        if (event == null) {
            return fresh(target, timeouts, connector, tls);
        }
        ConnectionEvent.Place place = new ConnectionEvent.Place(target.hop(), target.host(), target.ip());
        try {
            ClientSession session = fresh(target, timeouts, connector, tls);
            Connection connection = session.connection();
            ConnectionEvent.Times times = new ConnectionEvent.Times(connection.connecting(), connection.securing());
            Telling.of("a connection", () -> event.opened(place, session.tls().word(), times));
            return session;
        } catch (SessionException e) {
            Telling.of(
                    "a connection", () -> event.failed(place, e.answer().step().name()));
            throw e;
        }
    }

    private static ClientSession fresh(Target target, StepTimeouts timeouts, Connector connector, TlsClient tls)
            throws SessionException {
        Opening first = new Opening(target, timeouts, tls, connected(target, timeouts, connector));
        try {
            return first.opened(Sasl::logIn);
        } catch (SessionException e) {
            if (!first.hearsNoMore(e)) {
                throw e;
            }
            return new Opening(target, timeouts, tls, connected(target, timeouts, connector)).opened(Sasl::logInOnce);
        }
    }

    private static Connection connected(Target target, StepTimeouts timeouts, Connector connector)
            throws SessionException {
        long start = System.nanoTime();
        Connection connection = connector.connect(target, timeouts.connect());
        connection.connectTook(System.nanoTime() - start);
        return connection;
    }

    static ClientSession over(Connection connection, Target target, StepTimeouts timeouts, TlsClient tls)
            throws SessionException {
        return new Opening(target, timeouts, tls, connection).opened(Sasl::logIn);
    }

    /** How often a login is tried. */
    @FunctionalInterface
    private interface Persistence {
        void logIn(Sasl sasl, Login login, Set<String> offered) throws SessionException;
    }

    private ClientSession opened(Persistence persistence) throws SessionException {
        boolean done = false;
        try {
            ClientSession session = run(persistence);
            done = true;
            return session;
        } finally {
            if (!done) {
                connection.close();
            }
        }
    }

    /** Whether there is a newer secret that the server does not want to hear on this connection: it allows one AUTH only. */
    private boolean hearsNoMore(SessionException failure) {
        boolean over = failure.answer().response() instanceof Response.Lost
                || Sasl.code(failure) == 421
                || Sasl.code(failure) == 503;
        return sasl != null && sasl.renewed() && over;
    }

    private ClientSession run(Persistence persistence) throws SessionException {
        TlsDemand demand = target.tls();
        // Taken before the handshake: when the files change meanwhile, the session serves nobody else, and that is all.
        String trust = trust(tls, demand);
        TlsVerdict verdict = new TlsVerdict.Clear();
        if (demand.implicit()) {
            verdict = connection.secure(tls, demand, target.host(), timeouts.tls());
        }
        Reply greeting = connection.reply(Step.GREETING, timeouts.greeting());
        if (!greeting.positive()) {
            throw refused(Step.GREETING, greeting);
        }
        Capabilities offered = hello();
        StartTls wanted = demand.startTlsInForce();
        boolean local = target.address() instanceof UnixDomainSocketAddress && wanted == StartTls.OPTIONAL;
        if (!demand.implicit() && !local && wanted != StartTls.DISABLE) {
            if (offered.has(Capabilities.Extension.STARTTLS)) {
                verdict = startTls();
                offered = hello(); // RFC 3207 §4.2: what was said in clear is forgotten.
            } else if (wanted == StartTls.REQUIRE) {
                String why = demand.policy().insistence();
                throw new SessionException(
                        Step.TLS,
                        new Response.Insecure(
                                (why.isEmpty() ? "STARTTLS is required" : why) + ", and the server does not offer it",
                                false));
            }
        }
        boolean loggedIn = target.login().isEmpty() || logIn(target.login().get(), offered, verdict, persistence);
        connection.unbounded();
        return new ClientSession(target, connection, offered, new ClientSession.Security(verdict, !loggedIn, trust));
    }

    /** Whom TLS believes now; where the files of the demand can't be used, something that equals nothing else. */
    static String trust(TlsClient tls, TlsDemand demand) {
        try {
            return tls.trust(demand);
        } catch (TlsException e) {
            return "unusable: " + e.getMessage();
        }
    }

    private Capabilities hello() throws SessionException {
        boolean lmtp = target.dialect() == Dialect.LMTP;
        String command = (lmtp ? "LHLO " : "EHLO ") + target.ehlo();
        Reply reply = connection.ask(command, Step.EHLO, timeouts.ehlo());
        if (reply.positive()) {
            return Capabilities.of(reply);
        }
        if (!lmtp && reply.permanentFailure()) {
            // RFC 5321 §3.2: a server that knows no EHLO may know HELO. RFC 2033 §4.1 knows no such way back.
            reply = connection.ask("HELO " + target.ehlo(), Step.EHLO, timeouts.ehlo());
            if (reply.positive()) {
                return Capabilities.NONE;
            }
        }
        throw refused(Step.EHLO, reply);
    }

    private TlsVerdict startTls() throws SessionException {
        Reply reply = connection.ask("STARTTLS", Step.TLS, timeouts.ehlo());
        if (reply.code() != 220) {
            // Offered and then refused is never a reason to go on in clear.
            throw refused(Step.TLS, reply);
        }
        if (connection.unasked()) {
            throw new SessionException(
                    Step.TLS,
                    new Response.Insecure("the server sent more in clear behind its reply to STARTTLS", true));
        }
        return connection.secure(tls, target.tls(), target.host(), timeouts.tls());
    }

    /** True when we are logged in; false when a local LMTP server asks for nothing and none is required. */
    private boolean logIn(Login login, Capabilities offered, TlsVerdict verdict, Persistence persistence)
            throws SessionException {
        if (offered.auth().isEmpty()) {
            boolean trusted = target.dialect() == Dialect.LMTP && target.loopback() && !login.require();
            if (trusted) {
                return false;
            }
            throw new SessionException(
                    Step.AUTH, new Response.NoLogin("the server offers no AUTH, and the hop has credentials"));
        }
        boolean clear = verdict instanceof TlsVerdict.Clear;
        if (clear && !target.loopback() && !login.allowPlaintext()) {
            throw new SessionException(
                    Step.AUTH,
                    new Response.NoLogin(
                            "AUTH would send the password in clear: the connection has no TLS, the host is not on"
                                    + " loopback, and auth.allow-plaintext is not true"));
        }
        String host = target.tls().serverName().orElse(target.host());
        Sasl begun = new Sasl(connection, new Sasl.Around(timeouts.ehlo(), !clear, host, target.port()));
        sasl = begun;
        persistence.logIn(begun, login, offered.auth());
        return true;
    }

    private SessionException refused(Step step, Reply reply) {
        if (reply.code() != 421) {
            try {
                connection.queue("QUIT"); // RFC 5321 §3.1: even a server that serves nobody is owed a QUIT.
                connection.flush();
            } catch (IOException e) {
                return new SessionException(step, new Response.Replied(reply)); // It has said what matters.
            }
        }
        return new SessionException(step, new Response.Replied(reply));
    }
}
