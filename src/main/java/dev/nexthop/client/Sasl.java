package dev.nexthop.client;

import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** AUTH PLAIN (RFC 4616) and AUTH LOGIN, as the client of RFC 4954. The password is in no exception. */
final class Sasl {
    /** RFC 5321 §4.5.3.1.4: a command line has 512 octets, CRLF included. */
    private static final int MAX_COMMAND = 510;

    private final Connection connection;
    private final Duration time;

    Sasl(Connection connection, Duration time) {
        this.connection = connection;
        this.time = time;
    }

    void logIn(Login login, Set<String> offered) throws SessionException {
        if (offered.contains("PLAIN")) {
            plain(login);
        } else if (offered.contains("LOGIN")) {
            login(login);
        } else {
            throw new SessionException(
                    Step.AUTH,
                    new Response.NoLogin("the server offers AUTH " + String.join(", ", offered)
                            + ", and this client speaks PLAIN and LOGIN"));
        }
    }

    private void plain(Login login) throws SessionException {
        if (login.username().indexOf(0) >= 0 || login.secret().indexOf(0) >= 0) {
            throw new SessionException(
                    Step.AUTH, new Response.NoLogin("a user name or password with a NUL can't be sent (RFC 4616 §2)"));
        }
        String initial = base64("\0" + login.username() + "\0" + login.secret());
        Reply reply;
        if ("AUTH PLAIN ".length() + initial.length() <= MAX_COMMAND) {
            reply = ask("AUTH PLAIN " + initial);
        } else {
            reply = ask("AUTH PLAIN"); // RFC 4954 §4: too long for the command line.
        }
        if (reply.code() == 334) {
            reply = ask(initial);
        }
        finish(reply, login);
    }

    private void login(Login login) throws SessionException {
        Reply reply = ask("AUTH LOGIN");
        if (reply.code() == 334) {
            reply = ask(base64(login.username()));
        }
        if (reply.code() == 334) {
            reply = ask(base64(login.secret()));
        }
        finish(reply, login);
    }

    private static void finish(Reply reply, Login login) throws SessionException {
        if (!reply.positive()) {
            throw new SessionException(Step.AUTH, new Response.Replied(scrubbed(reply, login)));
        }
    }

    /** A server that repeats a command it did not understand would put the password into log and notification. */
    private static Reply scrubbed(Reply reply, Login login) {
        List<String> secrets = List.of(
                login.secret(), base64(login.secret()), base64("\0" + login.username() + "\0" + login.secret()));
        List<String> lines = reply.lines().stream()
                .map(line -> secrets.stream().anyMatch(secret -> !secret.isEmpty() && line.contains(secret))
                        ? "(withheld: the words repeat the credentials)"
                        : line)
                .toList();
        return new Reply(reply.code(), reply.enhanced(), lines);
    }

    /** What is no reply may repeat what was said, so its words go nowhere: not into an excerpt, not into a cause. */
    private Reply ask(String line) throws SessionException {
        try {
            return connection.ask(line, Step.AUTH, time);
        } catch (SessionException e) {
            if (e.answer().response() instanceof Response.Nonsense) {
                throw new SessionException(Step.AUTH, new Response.Nonsense("no SMTP reply to AUTH (words withheld)"));
            }
            throw e;
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
