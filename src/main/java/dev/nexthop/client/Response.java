package dev.nexthop.client;

import dev.nexthop.mail.TlsFault;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Reply;

/** What came of a step: the server's words, or what came instead of them. What it means is not decided here. */
public sealed interface Response {
    /**
     * The server said something.
     *
     * @param reply its words
     */
    record Replied(Reply reply) implements Response {}

    /**
     * No connection.
     *
     * @param why one phrase
     * @param blame what the trouble is a matter of
     */
    record Unreachable(String why, Blame blame) implements Response {
        /** Why has to do with this host alone. */
        public Unreachable(String why) {
            this(why, Blame.HOST);
        }
    }

    /** What can't be reached. */
    enum Blame {
        /** This host. */
        HOST,
        /** Any address of its family: this machine has no route. */
        FAMILY,
        /** The proxy, at the address where it was looked for. */
        PROXY
    }

    /**
     * No connection was tried: this machine can't begin one.
     *
     * @param why one sentence
     * @param sourceMissing whether it is because the address of ours that was chosen is none of this machine's
     */
    record NotBegun(String why, boolean sourceMissing) implements Response {}

    /**
     * The connection was lost or closed.
     *
     * @param why one phrase
     */
    record Lost(String why) implements Response {}

    /**
     * The time of the step ran out.
     *
     * @param why one phrase that names the limit
     */
    record TimedOut(String why) implements Response {}

    /**
     * The server said something that makes no sense.
     *
     * @param why one phrase with a printable excerpt
     */
    record Nonsense(String why) implements Response {}

    /**
     * The connection can't be made as secure as it must be.
     *
     * @param why one sentence
     * @param offered whether the server offered TLS at all
     * @param fault by its type in RFC 8460 §4.3
     */
    record Insecure(String why, boolean offered, TlsFault fault) implements Response {
        /** What a report has no type of its own for, other than that TLS is not offered. */
        public Insecure(String why, boolean offered) {
            this(why, offered, offered ? TlsFault.VALIDATION_FAILURE : TlsFault.STARTTLS_NOT_SUPPORTED);
        }
    }

    /**
     * We can't, or must not, log in here.
     *
     * @param why one sentence
     */
    record NoLogin(String why) implements Response {}

    /**
     * This server can't take this message.
     *
     * @param status says what it lacks
     * @param why one sentence
     */
    record Unable(EnhancedStatus status, String why) implements Response {}

    /**
     * Our own copy of the message can't be read.
     *
     * @param why one phrase
     */
    record Unreadable(String why) implements Response {}
}
