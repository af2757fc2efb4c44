package dev.nexthop.smtp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command as the client sent it (RFC 5321 §4.1.1, RFC 2033 §4.1, RFC 3207 §4, RFC 4954 §4). */
public sealed interface Command {
    /**
     * Reads a command line.
     *
     * @param bytes the array
     * @param offset where the line begins
     * @param length its octets without CRLF
     * @return the command; {@link Malformed} when its syntax is wrong, never an exception
     */
    static Command parse(byte[] bytes, int offset, int length) {
        return CommandParser.parse(bytes, offset, length);
    }

    /** Commands without anything to know but their name. */
    enum Bare implements Command {
        /** DATA (RFC 5321 §4.1.1.4). */
        DATA,
        /** RSET (RFC 5321 §4.1.1.5). */
        RSET,
        /** NOOP, its argument ignored (RFC 5321 §4.1.1.9). */
        NOOP,
        /** HELP, its argument ignored (RFC 5321 §4.1.1.8). */
        HELP,
        /** QUIT (RFC 5321 §4.1.1.10). */
        QUIT,
        /** VRFY; this server never says who exists (RFC 5321 §3.5.3). */
        VRFY,
        /** EXPN; likewise. */
        EXPN,
        /** STARTTLS (RFC 3207 §4). */
        STARTTLS,
        /** A request line of HTTP: somebody's web browser is being used to reach this server. */
        HTTP
    }

    /**
     * HELO.
     *
     * @param name the client's name for itself
     */
    record Helo(String name) implements Command {}

    /**
     * EHLO.
     *
     * @param name the client's name for itself
     */
    record Ehlo(String name) implements Command {}

    /**
     * LHLO (RFC 2033 §4.1).
     *
     * @param name the client's name for itself
     */
    record Lhlo(String name) implements Command {}

    /**
     * MAIL FROM.
     *
     * @param path the reverse-path
     * @param parameters what came behind it
     */
    record Mail(ReversePath path, MailParameters parameters) implements Command {}

    /**
     * RCPT TO.
     *
     * @param path the forward-path
     * @param requests NOTIFY and ORCPT (RFC 3461 §4), each at most once
     */
    record Rcpt(ForwardPath path, List<Parameter> requests) implements Command {
        /** Copies the list. */
        public Rcpt {
            requests = List.copyOf(requests);
        }
    }

    /**
     * AUTH.
     *
     * @param mechanism in upper case
     * @param initial the decoded initial response, null when none was given; secret
     */
    record Auth(String mechanism, byte @Nullable [] initial) implements Command {
        @Override
        public String toString() {
            return "Auth[" + mechanism + "]";
        }
    }

    /**
     * A verb that nobody knows.
     *
     * @param verb as sent, bounded and printable
     */
    record Unknown(String verb) implements Command {}

    /** A verb of an RFC that this server does not serve (RFC 5321 §4.2.4: 502). */
    record NotServed() implements Command {}

    /**
     * A known verb with wrong syntax.
     *
     * @param reply what to answer
     */
    record Malformed(PreparedReply reply) implements Command {}
}
