package dev.nexthop.server;

import dev.nexthop.smtp.Command;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a client has behaved, and whether that is enough: a session is there for mail, and one that brings none ends. Most
 * counts begin anew with each message that is taken, so that a client which keeps its session for the next one is not hurt.
 */
final class Conduct {
    /** Most commands that bring no message: EHLO, HELO, LHLO, RSET, NOOP, HELP, VRFY and EXPN. */
    static final int SMALL_TALK = 100;

    /** RCPT commands of one transaction beyond those that a message can have; each of them is answered. */
    static final int OVERSHOOT = 10_000;

    private final SessionLimits limits;
    private final Duration longest;
    private final LongSupplier nanos;
    private long freshSince;
    private int messages;
    private int errors;
    private int smallTalk;
    private int named;
    private int refusedRecipients;
    private int authFailures;

    /**
     * Nothing has happened yet.
     *
     * @param limits of the session
     * @param longest how long it may last without a message
     * @param nanos the time
     */
    Conduct(SessionLimits limits, Duration longest, LongSupplier nanos) {
        this.limits = limits;
        this.longest = longest;
        this.nanos = nanos;
        this.freshSince = nanos.getAsLong();
    }

    /** A message was taken. */
    void delivered() {
        messages++;
        errors = 0;
        smallTalk = 0;
        freshSince = nanos.getAsLong();
    }

    /** AUTH or STARTTLS succeeded; each can do so only once. */
    void advanced() {
        smallTalk = 0;
    }

    /** A transaction is over, or none is open. */
    void outside() {
        named = 0;
    }

    /** Whether there may be no more messages. */
    boolean full() {
        return messages >= limits.messages();
    }

    /**
     * Counts a command.
     *
     * @param inTransaction whether one is open, which may go on whatever the time
     * @return why the session ends with it, whatever it asks for; null when it does not
     */
    @Nullable
    PreparedReply end(Command command, boolean inTransaction) {
        if (command == Command.Bare.QUIT) {
            return null;
        }
        if (!inTransaction && nanos.getAsLong() - freshSince > longest.toNanos()) {
            return Replies.SESSION_TOO_LONG;
        }
        if (command instanceof Command.Rcpt && inTransaction && ++named > limits.recipients() + OVERSHOOT) {
            return Replies.TOO_MANY_NAMED;
        }
        return bringsNothing(command) && ++smallTalk > SMALL_TALK ? Replies.TOO_MUCH_SMALL_TALK : null;
    }

    /** What is wrong is counted as such, and what can succeed only once is none of these. */
    private static boolean bringsNothing(Command command) {
        return switch (command) {
            case Command.Bare bare ->
                switch (bare) {
                    case RSET, NOOP, HELP, VRFY, EXPN -> true;
                    case DATA, QUIT, STARTTLS, HTTP -> false;
                };
            case Command.Ehlo _, Command.Helo _, Command.Lhlo _ -> true;
            case Command.Mail _,
                    Command.Rcpt _,
                    Command.Auth _,
                    Command.Malformed _,
                    Command.NotServed _,
                    Command.Unknown _ -> false;
        };
    }

    /** Counts a command that was answered with 5yz; true when it is one too many. */
    boolean wrong() {
        return ++errors > limits.errors();
    }

    /** Counts a recipient that was refused for good; true when it is one too many. */
    boolean refused() {
        return ++refusedRecipients > limits.refusedRecipients();
    }

    /** Counts an AUTH that failed or was put off; true when it was the last one. */
    boolean notAuthenticated() {
        return ++authFailures >= limits.authFailures();
    }
}
