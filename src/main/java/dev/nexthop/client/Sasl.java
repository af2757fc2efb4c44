package dev.nexthop.client;

import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Reply;
import dev.nexthop.tls.ChannelBinding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * AUTH as the client of RFC 4954, with the best mechanism that both ends speak. The next one is tried only when the
 * server did not know the mechanism (504), or wants PLAIN once to learn the password anew (432): never once it has judged
 * a password or token, for a guess at a weaker mechanism gives away more and counts against the account. A refused secret
 * that has meanwhile another value is told once. No secret is in any exception.
 */
final class Sasl {
    /** RFC 5321 §4.5.3.1.4: a command line has 512 octets, CRLF included. */
    private static final int MAX_COMMAND = 510;

    /** Challenges of one exchange; SCRAM has two. */
    private static final int MOST_CHALLENGES = 5;

    private final Connection connection;
    private final Around around;
    private final List<String> confidential = new ArrayList<>();
    private boolean renewed;

    /**
     * What an exchange depends on.
     *
     * @param time for each step
     * @param encrypted whether the connection has TLS
     * @param host whom the connection is meant for
     * @param port where it listens; 0 when that has no number
     * @param nonces fresh ones for SCRAM
     */
    record Around(Duration time, boolean encrypted, String host, int port, Supplier<String> nonces) {
        Around(Duration time, boolean encrypted, String host, int port) {
            this(time, encrypted, host, port, Around::nonce);
        }

        private static String nonce() {
            byte[] octets = new byte[24];
            new SecureRandom().nextBytes(octets);
            return Base64.getEncoder().encodeToString(octets);
        }
    }

    Sasl(Connection connection, Around around) {
        this.connection = connection;
        this.around = around;
    }

    /**
     * Logs in. A secret that the server refuses and that has another value by then, as a token has when its time is over,
     * is tried once more on the same connection (RFC 4954 §4 allows that).
     *
     * @param login who we are
     * @param offered the mechanisms of the server, in upper case
     * @throws SessionException at {@link Step#AUTH} when that fails
     */
    void logIn(Login login, Set<String> offered) throws SessionException {
        String secret = secret(login);
        try {
            logIn(login, secret, offered);
        } catch (SessionException e) {
            String newer = code(e) == 535 ? newer(login, secret, e) : null;
            if (newer == null) {
                throw e;
            }
            renewed = true;
            logIn(login, newer, offered);
        }
    }

    /** Logs in with the secret as it is now, whatever becomes of it. */
    void logInOnce(Login login, Set<String> offered) throws SessionException {
        logIn(login, secret(login), offered);
    }

    /** Whether the server has refused a secret, and a newer one was tried then. */
    boolean renewed() {
        return renewed;
    }

    /** The code of the server's reply; 0 when there was none. */
    static int code(SessionException failure) {
        return failure.answer().response() instanceof Response.Replied replied
                ? replied.reply().code()
                : 0;
    }

    /** Another secret than the refused one; null when there is none. */
    private @Nullable String newer(Login login, String refused, SessionException refusal) {
        try {
            String now = secret(login);
            return now.equals(refused) ? null : now;
        } catch (SessionException e) {
            refusal.addSuppressed(e); // What the server said stays the reason.
            return null;
        }
    }

    private void logIn(Login login, String secret, Set<String> offered) throws SessionException {
        boolean bindingOffered = offered.stream().anyMatch(name -> name.endsWith("-PLUS"));
        List<ChannelBinding> bindings = connection.bindings();
        List<Mechanism> candidates = candidates(login, offered, !bindings.isEmpty());
        if (candidates.isEmpty()) {
            throw noLogin("the server offers AUTH " + String.join(", ", offered)
                    + ", and of these this client may use none; it may use " + words(login.mechanisms()));
        }
        boolean wouldBind = !bindings.isEmpty()
                && !bindingOffered
                && login.mechanisms().stream().anyMatch(one -> one.word().endsWith("-PLUS"));
        confidential.add(secret);
        confidential.add(base64(secret.getBytes(StandardCharsets.UTF_8)));
        SessionException last = noLogin("no mechanism was tried");
        boolean plainOnly = false;
        for (Mechanism mechanism : candidates) {
            if (plainOnly && mechanism != Mechanism.PLAIN) {
                continue;
            }
            for (Exchange exchange : exchanges(mechanism, login.username(), secret, new Tie(bindings, wouldBind))) {
                try {
                    run(mechanism, exchange);
                    return;
                } catch (FallException e) {
                    last = e.failure;
                    plainOnly |= e.plainOnly;
                } catch (SessionException e) {
                    if (code(e) == 535) {
                        login.secret().refused(secret);
                    }
                    throw e;
                }
            }
        }
        throw last;
    }

    private String secret(Login login) throws SessionException {
        connection.unbounded(); // What takes time now is ours: a program may run for a token.
        try {
            String secret = login.secret().current();
            if (secret.isEmpty()) {
                throw noLogin("the secret is empty");
            }
            if (secret.indexOf(0) >= 0 || login.username().indexOf(0) >= 0) {
                throw noLogin("a user name or secret with a NUL can't be sent (RFC 4616 §2)");
            }
            if (login.username().indexOf(1) >= 0 || secret.indexOf(1) >= 0) {
                throw noLogin("a user name or secret with a control character can't be sent (RFC 7628 §3.1)");
            }
            return secret;
        } catch (IOException e) {
            throw noLogin(String.valueOf(e.getMessage()));
        }
    }

    private List<Mechanism> candidates(Login login, Set<String> offered, boolean canBind) {
        List<Mechanism> all = new ArrayList<>();
        for (Mechanism one : Mechanism.values()) {
            boolean bound = one.word().endsWith("-PLUS");
            if (offered.contains(one.word()) && login.mechanisms().contains(one) && (!bound || canBind)) {
                all.add(one);
            }
        }
        if (!around.encrypted() && all.remove(Mechanism.CRAM_MD5)) {
            // In clear anything is better than the password itself.
            int behind = (int) all.stream()
                    .filter(one -> one.compareTo(Mechanism.PLAIN) < 0)
                    .count();
            all.add(behind, Mechanism.CRAM_MD5);
        }
        if (!all.isEmpty() && all.getFirst().word().endsWith("-PLUS")) {
            // RFC 5802 §6: who can bind and is offered to must. To fall back is what somebody in the middle wants.
            all.removeIf(one -> !one.word().endsWith("-PLUS"));
        }
        return all;
    }

    private record Tie(List<ChannelBinding> bindings, boolean wouldBind) {}

    private List<Exchange> exchanges(Mechanism mechanism, String user, String secret, Tie tie) throws SessionException {
        return switch (mechanism) {
            case SCRAM_SHA_256_PLUS -> bound(Scram.Hash.SHA_256, user, secret, tie.bindings());
            case SCRAM_SHA_1_PLUS -> bound(Scram.Hash.SHA_1, user, secret, tie.bindings());
            case SCRAM_SHA_256 ->
                List.of(scram(Scram.Hash.SHA_256, user, secret, new Scram.Bond(null, tie.wouldBind())));
            case SCRAM_SHA_1 -> List.of(scram(Scram.Hash.SHA_1, user, secret, new Scram.Bond(null, tie.wouldBind())));
            case OAUTHBEARER -> List.of(Exchanges.Bearer.rfc7628(user, secret, around.host(), around.port()));
            case XOAUTH2 -> List.of(Exchanges.Bearer.xoauth2(user, secret));
            case PLAIN -> List.of(new Exchanges.Plain(user, secret));
            case LOGIN -> List.of(new Exchanges.Login(user, secret));
            case CRAM_MD5 -> List.of(new Exchanges.CramMd5(user, secret));
        };
    }

    private List<Exchange> bound(Scram.Hash hash, String user, String secret, List<ChannelBinding> bindings)
            throws SessionException {
        List<Exchange> all = new ArrayList<>();
        for (ChannelBinding binding : bindings) {
            all.add(scram(hash, user, secret, new Scram.Bond(binding, false)));
        }
        return all;
    }

    private Exchange scram(Scram.Hash hash, String user, String secret, Scram.Bond bond) throws SessionException {
        Optional<String> name = SaslPrep.prepared(user);
        Optional<String> password = SaslPrep.prepared(secret);
        if (name.isEmpty() || password.isEmpty()) {
            throw noLogin((name.isEmpty() ? "the user name" : "the password")
                    + " holds characters that SCRAM can't carry (RFC 4013 §2.3)");
        }
        return new Scram(hash, name.get(), password.get(), bond, around.nonces().get());
    }

    private void run(Mechanism mechanism, Exchange exchange) throws SessionException, FallException {
        Reply reply = begin(mechanism, exchange);
        if (reply.code() == 504) { // RFC 4954 §4: a mechanism that the server does not know after all.
            throw new FallException(replied(reply), false);
        }
        try {
            for (int challenges = 1; reply.code() == 334; challenges++) {
                if (challenges > MOST_CHALLENGES) {
                    throw new Exchange.RefusedException("the server asks without end", false);
                }
                reply = ask(confide(exchange.respond(challenge(reply))));
            }
            if (reply.code() == 432) { // RFC 4954 §4.7.12: the server lacks what this mechanism needs; PLAIN tells it.
                throw new FallException(replied(reply), true);
            }
            if (!reply.positive()) {
                throw replied(reply);
            }
            exchange.succeeded();
        } catch (Exchange.RefusedException e) {
            SessionException failure = noLogin(String.valueOf(e.getMessage()));
            if (!e.bindingUnknown()) {
                throw failure;
            }
            ask("*"); // RFC 4954 §4: the exchange is over; the reply is of no interest.
            throw new FallException(failure, false);
        }
    }

    /** Sends AUTH, with what the client says first where the line holds it. */
    private Reply begin(Mechanism mechanism, Exchange exchange) throws SessionException {
        byte @Nullable [] initial = exchange.initial();
        String command = "AUTH " + mechanism.word();
        if (initial == null) {
            return ask(command);
        }
        String text = initial.length == 0 ? "=" : confide(initial);
        if (command.length() + 1 + text.length() <= MAX_COMMAND) {
            Reply reply = ask(command + " " + text);
            // Servers exist that ask for what they were given; only PLAIN looks the same then.
            return reply.code() == 334 && exchange instanceof Exchanges.Plain ? ask(text) : reply;
        }
        Reply reply = ask(command); // RFC 4954 §4: too long for the command line.
        return reply.code() == 334 ? ask(text) : reply;
    }

    private static byte[] challenge(Reply reply) throws SessionException {
        try {
            return Base64.getDecoder().decode(reply.text().strip());
        } catch (IllegalArgumentException e) {
            throw new SessionException(Step.AUTH, new Response.Nonsense("a challenge that is not base64"));
        }
    }

    /** The response as it goes over the wire, remembered so that no reply can repeat it into a log. */
    private String confide(byte[] response) {
        String text = base64(response);
        if (!text.isEmpty()) {
            confidential.add(text);
        }
        return text;
    }

    /** What is no reply may repeat what was said, so its words go nowhere: not into an excerpt, not into a cause. */
    private Reply ask(String line) throws SessionException {
        try {
            return connection.ask(line, Step.AUTH, around.time());
        } catch (SessionException e) {
            if (e.answer().response() instanceof Response.Nonsense) {
                throw new SessionException(Step.AUTH, new Response.Nonsense("no SMTP reply to AUTH (words withheld)"));
            }
            throw e;
        }
    }

    private SessionException replied(Reply reply) {
        // A server that repeats a command it did not understand would put the password into log and notification.
        List<String> lines = reply.lines().stream()
                .map(line -> confidential.stream().anyMatch(line::contains)
                        ? "(withheld: the words repeat the credentials)"
                        : line)
                .toList();
        return new SessionException(Step.AUTH, new Response.Replied(new Reply(reply.code(), reply.enhanced(), lines)));
    }

    private static SessionException noLogin(String why) {
        return new SessionException(Step.AUTH, new Response.NoLogin(why));
    }

    private static String words(List<Mechanism> mechanisms) {
        return String.join(", ", mechanisms.stream().map(Mechanism::word).toList());
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** Another mechanism may do; if there is none, the failure stands. */
    private static final class FallException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient SessionException failure;
        private final boolean plainOnly;

        FallException(SessionException failure, boolean plainOnly) {
            super(failure);
            this.failure = failure;
            this.plainOnly = plainOnly;
        }
    }
}
