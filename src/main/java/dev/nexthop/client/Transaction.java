package dev.nexthop.client;

import dev.nexthop.mail.MessageBody;
import dev.nexthop.mail.Step;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.DotWriter;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.Reply;
import dev.nexthop.smtp.ReversePath;
import dev.nexthop.tls.TlsVerdict;
import java.io.IOException;
import java.io.InputStream;
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

    private static final int BLOCK = 64 * 1024;
    private static final EnhancedStatus TOO_BIG = new EnhancedStatus(5, 3, 4);
    private static final EnhancedStatus NO_EIGHT_BIT = new EnhancedStatus(5, 6, 3);
    private static final EnhancedStatus NO_UTF8 = new EnhancedStatus(5, 6, 7);

    private final ClientSession session;
    private final Connection connection;
    private final Transfer transfer;
    private final StepTimeouts timeouts;
    private final Answers answers;
    private final List<Integer> able = new ArrayList<>();
    private final List<Integer> unable = new ArrayList<>();
    private final List<Integer> accepted = new ArrayList<>();
    private final boolean[] answered;
    private boolean heard;

    Transaction(ClientSession session, Transfer transfer, StepTimeouts timeouts, Answers answers) {
        this.session = session;
        this.connection = session.connection();
        this.transfer = transfer;
        this.timeouts = timeouts;
        this.answers = answers;
        this.answered = new boolean[transfer.recipients().size()];
    }

    ClientSession.End run(boolean reused, boolean reset) {
        if (refusedByUs()) {
            return ClientSession.End.ANSWERED;
        }
        try {
            if (session.capabilities().pipelining()) {
                pipelined(reset);
            } else {
                lockStep(reset);
            }
        } catch (SessionException e) {
            session.abandon();
            if (reused && !heard && goneBefore(e.answer().response())) {
                return ClientSession.End.STALE;
            }
            finish(able, e.answer());
        }
        finish(unable, new Answer(Step.MAIL, new Response.Unable(NO_UTF8, "the server does not offer SMTPUTF8")));
        return ClientSession.End.ANSWERED;
    }

    /** An idle connection that the server ended: the end of the stream, or a goodbye, instead of our first reply. */
    private static boolean goneBefore(Response response) {
        return response instanceof Response.Lost
                || response instanceof Response.Replied replied
                        && replied.reply().code() == 421;
    }

    /** What this server can't take is not sent to it (RFC 1870 §6.1, RFC 6152 §3, RFC 6531 §3.2). */
    private boolean refusedByUs() {
        Capabilities offered = session.capabilities();
        MessageBody body = transfer.body();
        Response.Unable why = null;
        if (offered.maxSize() > 0 && body.size() > offered.maxSize()) {
            why = new Response.Unable(
                    TOO_BIG, "the message has " + body.size() + " octets, the server takes " + offered.maxSize());
        } else if (body.eightBit() && !offered.eightBit()) {
            why = new Response.Unable(NO_EIGHT_BIT, "the message has 8-bit octets, the server does not offer 8BITMIME");
        } else if (!offered.smtpUtf8() && (transfer.utf8() || senderNeedsUtf8())) {
            why = new Response.Unable(NO_UTF8, "the message needs SMTPUTF8, the server does not offer it");
        }
        for (int i = 0; i < answered.length; i++) {
            Mailbox recipient = transfer.recipients().get(i);
            boolean fits = why == null && (offered.smtpUtf8() || !recipient.needsUtf8());
            (fits ? able : unable).add(i);
        }
        if (why != null) {
            finish(unable, new Answer(Step.MAIL, why));
            return true;
        }
        if (able.isEmpty()) {
            finish(unable, new Answer(Step.MAIL, new Response.Unable(NO_UTF8, "the server does not offer SMTPUTF8")));
        }
        return able.isEmpty();
    }

    private boolean senderNeedsUtf8() {
        return transfer.sender() instanceof ReversePath.From from
                && from.mailbox().needsUtf8();
    }

    private String mailCommand() {
        StringBuilder command = new StringBuilder(80)
                .append("MAIL FROM:<")
                .append(transfer.sender().address())
                .append('>');
        if (session.capabilities().sizes()) {
            command.append(" SIZE=").append(transfer.body().size());
        }
        if (transfer.body().eightBit()) {
            command.append(" BODY=8BITMIME");
        }
        boolean addresses = senderNeedsUtf8();
        for (int i : able) {
            addresses |= transfer.recipients().get(i).needsUtf8();
        }
        if (addresses || transfer.utf8()) {
            command.append(" SMTPUTF8");
        }
        return command.toString();
    }

    private void pipelined(boolean reset) throws SessionException {
        boolean mailRefused = false;
        for (int from = 0; from < able.size() && !mailRefused; from += GROUP) {
            List<Integer> group = able.subList(from, Math.min(able.size(), from + GROUP));
            boolean last = from + GROUP >= able.size();
            send(from == 0, reset, group, last);
            if (from == 0) {
                readReset(reset);
                mailRefused = !mailAccepted();
            }
            for (int i : group) {
                readRcpt(i);
            }
            if (last) {
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

    private void send(boolean first, boolean reset, List<Integer> group, boolean last) throws SessionException {
        connection.within(timeouts.mail());
        try {
            if (first) {
                if (reset) {
                    connection.queue("RSET");
                }
                connection.queue(mailCommand());
            }
            for (int i : group) {
                connection.queue(rcptCommand(i));
            }
            if (last) {
                connection.queue("DATA"); // RFC 2920 §3.1: DATA may be the last command of a group.
            }
            connection.flush();
        } catch (IOException e) {
            throw new SessionException(Step.MAIL, connection.trouble(e, timeouts.mail()));
        }
    }

    private void lockStep(boolean reset) throws SessionException {
        if (reset) {
            command("RSET", Step.MAIL, timeouts.mail());
            readReset(true);
        }
        command(mailCommand(), Step.MAIL, timeouts.mail());
        if (!mailAccepted()) {
            return;
        }
        for (int i : able) {
            command(rcptCommand(i), Step.RCPT, timeouts.rcpt());
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

    private String rcptCommand(int i) {
        return "RCPT TO:<" + transfer.recipients().get(i) + ">";
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
            content();
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

    private void content() throws SessionException {
        DotWriter dots = new DotWriter(connection.out());
        byte[] memory = transfer.body().inMemory();
        if (memory == null) {
            stream(dots);
        } else {
            for (int from = 0; from < memory.length; from += BLOCK) {
                block(dots, memory, from, Math.min(BLOCK, memory.length - from));
            }
        }
        connection.within(timeouts.data());
        try {
            dots.finish();
            connection.flush();
        } catch (IOException e) {
            // A write that fails has not handed over its last octet, so the dot never left; but whoever was cut off
            // by the watchdog, or has TLS between himself and the socket, can't know that.
            boolean dotStayed = !connection.expired() && session.tls() instanceof TlsVerdict.Clear;
            throw cutOff(dotStayed ? Step.DATA : Step.END_OF_DATA, e);
        }
    }

    private void stream(DotWriter dots) throws SessionException {
        byte[] block = new byte[BLOCK];
        try (InputStream in = transfer.body().open()) {
            int read = in.read(block);
            while (read >= 0) {
                block(dots, block, 0, read);
                read = in.read(block);
            }
        } catch (IOException e) {
            // Without its end the server will throw away what it has; RFC 5321 §4.1.1.4 makes only the dot count.
            throw new SessionException(Step.DATA, new Response.Unreadable(String.valueOf(e.getMessage())));
        }
    }

    private void block(DotWriter dots, byte[] bytes, int from, int count) throws SessionException {
        connection.within(timeouts.data());
        try {
            dots.write(bytes, from, count);
        } catch (IOException e) {
            throw cutOff(Step.DATA, e);
        }
    }

    /** The server stopped listening; perhaps it said why. */
    private SessionException cutOff(Step step, IOException e) {
        Response trouble = connection.trouble(e, timeouts.data());
        if (!connection.expired()) {
            try {
                Reply words = connection.lastWords();
                if (words.transientFailure() || words.permanentFailure()) {
                    return new SessionException(step, new Response.Replied(words));
                }
            } catch (IOException silent) {
                e.addSuppressed(silent); // It said nothing: the first failure is the story.
            }
        }
        return new SessionException(step, trouble);
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
