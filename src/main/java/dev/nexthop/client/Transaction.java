package dev.nexthop.client;

import dev.nexthop.client.Capabilities.Extension;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One mail transaction (RFC 5321 §3.3), pipelined where the server allows it (RFC 2920). Tells the answer for each
 * recipient as soon as it is known, and exactly once.
 */
final class Transaction {
    /** Commands sent before their replies are read; a bound, so that both sides never wait for the other to read. */
    private static final int GROUP = 100;

    private final ClientSession session;
    private final Connection connection;
    private final Transfer transfer;
    private final StepTimeouts timeouts;
    private final Answers answers;
    private final Fitting fitting;
    private final List<Integer> able;
    private final List<Integer> accepted = new ArrayList<>();
    private final boolean[] answered;
    private boolean heard;
    private boolean lastChunkSent;

    Transaction(ClientSession session, Transfer transfer, StepTimeouts timeouts, Answers answers) {
        this.session = session;
        this.connection = session.connection();
        this.transfer = transfer;
        this.timeouts = timeouts;
        this.answers = answers;
        this.fitting = Fitting.of(session.target(), session.capabilities(), session.tls(), transfer);
        this.able = fitting.able();
        this.answered = new boolean[transfer.recipients().size()];
    }

    ClientSession.End run(boolean reused, boolean reset) {
        if (!able.isEmpty()) {
            try {
                if (spokeBefore(reused)) {
                    return ClientSession.End.STALE;
                }
                if (session.capabilities().has(Extension.PIPELINING)) {
                    pipelined(reset);
                } else {
                    lockStep(reset);
                }
            } catch (SessionException e) {
                session.abandon();
                if (reused && !heard && goneBefore(e.answer().response())) {
                    return ClientSession.End.STALE;
                }
                finish(able, inDoubt(e.answer()));
            }
        }
        if (!fitting.unable().isEmpty()) {
            finish(fitting.unable(), new Answer(Step.MAIL, fitting.why()));
        }
        return ClientSession.End.ANSWERED;
    }

    /**
     * Replies that wait before anything was asked would be taken for those to come. On a session that was kept they are a
     * goodbye, or too many for the transaction before: it is given up, and true says so.
     */
    private boolean spokeBefore(boolean reused) throws SessionException {
        if (reused ? !connection.buffered() : !connection.spokeAhead()) {
            return false;
        }
        if (reused) {
            session.abandon();
            return true;
        }
        Reply early = connection.reply(Step.MAIL, timeouts.mail());
        throw new SessionException(
                Step.MAIL,
                early.code() == 421
                        ? new Response.Replied(early)
                        : new Response.Nonsense("a reply to nothing: " + early));
    }

    /**
     * An idle connection that the server ended: the end of the stream, or a goodbye, instead of our first reply. When the
     * whole message was on its way, only the goodbye says that nobody took it.
     */
    private boolean goneBefore(Response response) {
        return response instanceof Response.Lost && !lastChunkSent
                || response instanceof Response.Replied replied
                        && replied.reply().code() == 421;
    }

    /** Once the last chunk has left with the envelope, silence at any step may hide a message that was taken. */
    private Answer inDoubt(Answer answer) {
        return lastChunkSent && !(answer.response() instanceof Response.Replied)
                ? new Answer(Step.END_OF_DATA, answer.response())
                : answer;
    }

    private void pipelined(boolean reset) throws SessionException {
        boolean chunk = oneFlight();
        boolean mailRefused = false;
        for (int from = 0; from < able.size() && !mailRefused; from += GROUP) {
            List<Integer> group = able.subList(from, Math.min(able.size(), from + GROUP));
            boolean last = from + GROUP >= able.size();
            send(from == 0, reset, group, last && !chunk);
            if (chunk) {
                sendChunk();
            }
            if (from == 0) {
                readReset(reset);
                mailRefused = !mailAccepted();
            }
            for (int i : group) {
                readRcpt(i);
            }
            if (last && chunk) {
                chunkVerdict(mailRefused);
            } else if (last) {
                Reply reply = expect(Step.DATA, timeouts.data(), true);
                if (mailRefused && reply.intermediate()) {
                    // It refuses the sender and wants the message: even an empty one must not reach anybody.
                    session.abandon();
                } else {
                    data(reply);
                }
            }
        }
        if (mailRefused) {
            session.resetBeforeNext();
        }
    }

    /**
     * Whether the message goes with its envelope, as one chunk (RFC 3030 §2), which saves a round trip. docs/outcomes.md
     * tells what speaks against it: above all that DATA has a reply like no other, the 354, which shows that the server's
     * replies still fit what was asked.
     */
    private boolean oneFlight() {
        return transfer.extras().oneFlight()
                && session.capabilities().has(Extension.CHUNKING)
                && session.target().dialect() == Dialect.SMTP
                && able.size() <= GROUP
                && session.warm()
                && Content.fitsOneChunk(fitting.body());
    }

    /** Sends a group of commands, except that without DATA behind them they wait in the buffer for what follows. */
    private void send(boolean first, boolean reset, List<Integer> group, boolean data) throws SessionException {
        connection.within(timeouts.mail());
        try {
            if (first) {
                if (reset) {
                    connection.queue("RSET");
                }
                connection.queue(fitting.mail());
            }
            for (int i : group) {
                connection.queue(fitting.rcpt(i));
            }
            if (data) {
                connection.queue("DATA"); // RFC 2920 §3.1: DATA may be the last command of a group.
            }
            if (data || able.size() > GROUP) {
                connection.flush();
            }
        } catch (IOException e) {
            throw new SessionException(Step.MAIL, connection.trouble(e, timeouts.mail()));
        }
    }

    private void sendChunk() throws SessionException {
        new Content(session, fitting.body(), timeouts.data()).onlyChunk();
        lastChunkSent = true;
    }

    private void chunkVerdict(boolean mailRefused) throws SessionException {
        Reply reply = expect(Step.END_OF_DATA, timeouts.data(), false);
        if (reply.positive() && (mailRefused || accepted.isEmpty())) {
            session.abandon(); // It took a message for nobody: where that conversation stands, nobody knows.
            return;
        }
        if (reply.positive() && connection.spokeAhead()) {
            // One reply too many: then this may be that of a recipient, and the one to the message is still to come.
            Reply surplus = connection.reply(Step.END_OF_DATA, timeouts.data());
            if (surplus.code() != 421) {
                throw new SessionException(
                        Step.END_OF_DATA, new Response.Nonsense("more replies than commands: " + surplus));
            }
            session.abandon();
        }
        finish(accepted, new Answer(Step.END_OF_DATA, new Response.Replied(reply)));
        if (!reply.positive()) {
            session.resetBeforeNext(); // RFC 3030 §2: a refused chunk leaves the transaction open.
        }
    }

    private void lockStep(boolean reset) throws SessionException {
        if (reset) {
            command("RSET", Step.MAIL, timeouts.mail());
            readReset(true);
        }
        command(fitting.mail(), Step.MAIL, timeouts.mail());
        if (!mailAccepted()) {
            return;
        }
        for (int i : able) {
            command(fitting.rcpt(i), Step.RCPT, timeouts.rcpt());
            readRcpt(i);
        }
        if (accepted.isEmpty()) {
            session.resetBeforeNext();
            return;
        }
        command("DATA", Step.DATA, timeouts.data());
        data(expect(Step.DATA, timeouts.data(), true));
    }

    private void command(String text, Step step, Duration time) throws SessionException {
        connection.within(time);
        try {
            connection.queue(text);
            connection.flush();
        } catch (IOException e) {
            throw new SessionException(step, connection.trouble(e, time));
        }
    }

    private void readReset(boolean reset) throws SessionException {
        if (reset && !expect(Step.MAIL, timeouts.ehlo(), false).positive()) {
            throw new SessionException(Step.MAIL, new Response.Nonsense("the server refuses RSET"));
        }
    }

    private boolean mailAccepted() throws SessionException {
        Reply reply = expect(Step.MAIL, timeouts.mail(), false);
        if (!reply.positive()) {
            finish(able, new Answer(Step.MAIL, new Response.Replied(reply)));
        }
        return reply.positive();
    }

    private void readRcpt(int i) throws SessionException {
        Reply reply = expect(Step.RCPT, timeouts.rcpt(), false);
        if (answered[i]) {
            return; // MAIL was refused, and what the server says about this recipient means nothing.
        }
        if (reply.positive()) {
            accepted.add(i);
        } else {
            finish(List.of(i), new Answer(Step.RCPT, new Response.Replied(reply)));
        }
    }

    private void data(Reply reply) throws SessionException {
        if (!reply.intermediate()) {
            finish(accepted, new Answer(Step.DATA, new Response.Replied(reply)));
            session.resetBeforeNext();
        } else if (accepted.isEmpty()) {
            nothing();
        } else {
            new Content(session, fitting.body(), timeouts.data()).untilDot();
            verdicts();
        }
    }

    /** RFC 2920 §3.1: 354 although nobody was accepted; an empty message takes the server out of it. */
    private void nothing() throws SessionException {
        if (session.target().dialect() == Dialect.LMTP) {
            // RFC 2033 §4.2 forbids this 354, and no reply would follow: nobody knows where the conversation stands.
            session.abandon();
            return;
        }
        command(".", Step.DATA, timeouts.data());
        expect(Step.DATA, timeouts.data(), false);
        session.resetBeforeNext();
    }

    private void verdicts() throws SessionException {
        if (session.target().dialect() == Dialect.SMTP) {
            Reply reply = expect(Step.END_OF_DATA, timeouts.data(), false);
            finish(accepted, new Answer(Step.END_OF_DATA, new Response.Replied(reply)));
            return;
        }
        for (int i : accepted) { // RFC 2033 §4.2: one reply for each accepted recipient, in their order.
            Reply reply = expect(Step.END_OF_DATA, timeouts.data(), false);
            finish(List.of(i), new Answer(Step.END_OF_DATA, new Response.Replied(reply)));
        }
    }

    private Reply expect(Step step, Duration time, boolean goAhead) throws SessionException {
        Reply reply = connection.reply(step, time);
        if (reply.code() == 421) { // RFC 5321 §3.8: the server closes, whatever was asked.
            throw new SessionException(step, new Response.Replied(reply));
        }
        heard = true;
        boolean sense = reply.intermediate() ? goAhead && reply.code() == 354 : !(goAhead && reply.positive());
        if (!sense) {
            throw new SessionException(step, new Response.Nonsense("an unexpected reply: " + reply));
        }
        return reply;
    }

    private void finish(List<Integer> recipients, Answer answer) {
        for (int i : recipients) {
            if (!answered[i]) {
                answered[i] = true;
                answers.answer(i, answer);
            }
        }
    }
}
