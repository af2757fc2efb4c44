package dev.nexthop.server;

import dev.nexthop.directory.Account;
import dev.nexthop.mail.Reception;
import dev.nexthop.mail.Requests;
import dev.nexthop.smtp.Command;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.ForwardPath;
import dev.nexthop.smtp.LineKind;
import dev.nexthop.smtp.LineReader;
import dev.nexthop.smtp.Mailbox;
import dev.nexthop.smtp.PreparedReply;
import dev.nexthop.smtp.Replies;
import dev.nexthop.smtp.ReversePath;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation, from the greeting to the end (RFC 5321 §3, RFC 2033). It runs on a virtual thread of its
 * own: read a command, answer it, again. What is wrong gets its reply and the conversation goes on; a reply 421 ends
 * it.
 */
final class Session implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final SessionContext context;
    private final SessionLimits limits;
    private final Connection connection;
    private final Peer peer;
    private final Dialect dialect;
    private final Admission admission;
    private final Intake intake;
    private final Conduct conduct;
    private final Transaction transaction = new Transaction();

    private Stage stage = Stage.CONNECTED;
    private boolean open = true;
    private boolean extended;
    private String helo = "";
    private Optional<Account> account = Optional.empty();
    private Reception reception = Reception.INTERNAL;
    private Offers offers = Offers.NOTHING;
    private TraceField trace;

    /** Whether the session waits for a command outside a transaction, and whether it was told to end there. */
    private volatile boolean idle;

    /** What it is told then; null while it may go on. */
    private volatile @Nullable PreparedReply farewell;

    Session(SessionContext context, Connection connection, Peer peer) {
        this.context = context;
        this.limits = context.settings().limits();
        this.connection = connection;
        this.peer = peer;
        this.dialect = context.dialect();
        this.admission = new Admission(
                context.services(),
                limits.recipients(),
                context.listener().extensions().offers());
        this.intake = new Intake(context.services(), limits, context.time().clock());
        this.conduct = new Conduct(
                limits, context.settings().timeouts().session(), context.time().nanos());
        this.trace = trace();
    }

    @Override
    public void run() {
        try {
            converse();
        } catch (IOException e) {
            LOG.debug("{}: {}", peer.ip(), e.toString());
            if (connection.expired() || farewell != null) {
                lastWord(goodbye());
            }
        } catch (RuntimeException e) {
            LOG.error("session of {} failed", peer.ip(), e);
            lastWord(Replies.INTERNAL_ERROR);
        } finally {
            connection.close();
        }
    }

    /** Called by other threads: end with this reply when no transaction is under way (RFC 5321 §3.8). */
    void drain(PreparedReply why) {
        farewell = why;
        if (idle) {
            connection.wake();
        }
    }

    /** The era that its settings are from. */
    int era() {
        return context.era();
    }

    /** Called by the watch. */
    void expire(long now) {
        connection.expire(now);
    }

    /** Whether it waits for its client. */
    boolean waiting() {
        return connection.reading();
    }

    /** Called by other threads. */
    void abort() {
        connection.abort();
    }

    private void converse() throws IOException {
        Optional<ListenerTls> tls = context.listener().tls();
        if (tls.isPresent() && tls.get().implicit()) {
            connection.startTls(tls.get()); // RFC 8314 §3.3
            trace = trace();
        }
        connection.send(context.hello().greeting());
        while (open) {
            step();
        }
    }

    private void step() throws IOException {
        boolean between = !stage.inTransaction();
        idle = between;
        PreparedReply end = farewell;
        if (end != null && between) {
            answer(end);
            return;
        }
        LineKind kind = connection.nextLine(SessionLimits.AUTH_LINE);
        idle = false;
        switch (kind) {
            case WHOLE -> command();
            case BROKEN -> answer(Replies.BROKEN_LINE);
            case TOO_LONG -> answer(Replies.LINE_TOO_LONG);
            case BARE_LF -> answer(Replies.BARE_LF_LINE);
            case END -> {
                open = false;
                if (connection.expired() || farewell != null) {
                    connection.send(goodbye());
                }
            }
        }
    }

    private PreparedReply goodbye() {
        PreparedReply end = farewell;
        return connection.expired() || end == null ? Replies.TIMED_OUT : end;
    }

    private void command() throws IOException {
        LineReader line = connection.lines();
        Command command = Command.parse(line.bytes(), line.offset(), line.length());
        if (line.length() > limits.commandLine() && !(command instanceof Command.Auth)) {
            answer(Replies.LINE_TOO_LONG);
            return;
        }
        PreparedReply end = conduct.end(command, stage.inTransaction());
        if (end != null) {
            answer(end);
            return;
        }
        switch (command) {
            case Command.Mail mail -> mail(mail);
            case Command.Rcpt rcpt -> rcpt(rcpt);
            case Command.Bare bare -> bare(bare);
            case Command.Ehlo hello -> hello(Dialect.SMTP, hello.name(), true);
            case Command.Helo hello -> hello(Dialect.SMTP, hello.name(), false);
            case Command.Lhlo hello -> hello(Dialect.LMTP, hello.name(), true);
            case Command.Auth auth -> auth(auth);
            case Command.Malformed malformed -> answer(malformed.reply());
            case Command.NotServed notServed -> answer(Replies.NOT_SERVED);
            case Command.Unknown unknown -> answer(Replies.UNKNOWN_COMMAND);
        }
    }

    private void bare(Command.Bare command) throws IOException {
        Extensions extensions = context.listener().extensions();
        switch (command) {
            case DATA -> data();
            case RSET -> {
                endTransaction();
                answer(Replies.OK);
            }
            case NOOP -> answer(Replies.OK);
            case HELP -> answer(Replies.HELP);
            case QUIT -> {
                answer(Replies.BYE);
                open = false;
            }
            case VRFY -> answer(extensions.vrfy() ? Replies.CANNOT_VERIFY : Replies.NOT_SERVED);
            case EXPN -> answer(extensions.expn() ? Replies.CANNOT_VERIFY : Replies.NOT_SERVED);
            case STARTTLS -> startTls();
            case HTTP -> answer(Replies.NOT_HTTP);
        }
    }

    /** RFC 5321 §4.1.4: a new greeting drops the transaction. */
    private void hello(Dialect spoken, String name, boolean withExtensions) throws IOException {
        if (spoken != dialect) {
            answer(dialect == Dialect.LMTP ? Replies.LMTP_WANTS_LHLO : Replies.SMTP_WANTS_EHLO); // RFC 2033 §4.1
            return;
        }
        endTransaction();
        stage = Stage.GREETED;
        helo = name;
        extended = withExtensions;
        known();
        boolean startTls = context.listener().tls().isPresent() && !connection.secure();
        answer(
                withExtensions
                        ? context.hello()
                                .extended(
                                        startTls,
                                        authOffered(),
                                        offers,
                                        context.time().clock().instant())
                        : context.hello().plain());
    }

    private void mail(Command.Mail mail) throws IOException {
        PreparedReply refusal = mailRefusal(mail);
        if (refusal != null) {
            answer(refusal);
            return;
        }
        try {
            Instant now = context.time().clock().instant();
            transaction.begin(
                    mail.path(),
                    mail.parameters(),
                    RequestReader.ofMail(mail.parameters().requests(), offers, now));
        } catch (RequestReader.Refused e) {
            answer(e.reply());
            return;
        }
        PreparedReply full = admission.refusal(transaction, reception.withPriority(transaction.priority()));
        if (full != null) {
            transaction.clear();
            answer(full);
            return;
        }
        stage = Stage.SENDER;
        answer(Replies.SENDER_OK);
    }

    private @Nullable PreparedReply mailRefusal(Command.Mail mail) {
        if (stage == Stage.CONNECTED) {
            return helloFirst();
        }
        if (stage.inTransaction()) {
            return Replies.NESTED_MAIL;
        }
        if (conduct.full()) {
            return Replies.TOO_MANY_MESSAGES;
        }
        boolean unexpected = mail.parameters().given() && !extended
                || mail.parameters().auth()
                        && context.listener().extensions().mechanisms().isEmpty();
        if (unexpected) {
            return Replies.UNKNOWN_PARAMETER; // RFC 5321 §4.1.1.11
        }
        if (mail.parameters().size() > limits.messageSize()) {
            return Replies.MESSAGE_TOO_BIG; // RFC 1870 §6.1
        }
        boolean needsUtf8 =
                mail.path() instanceof ReversePath.From from && from.mailbox().needsUtf8();
        return needsUtf8 && !mail.parameters().smtpUtf8() ? Replies.SENDER_NEEDS_UTF8 : null;
    }

    private void rcpt(Command.Rcpt rcpt) throws IOException {
        switch (stage) {
            case CONNECTED -> answer(helloFirst());
            case GREETED -> answer(Replies.MAIL_FIRST);
            case SENDER, RECIPIENTS -> recipient(rcpt);
        }
    }

    private void recipient(Command.Rcpt rcpt) throws IOException {
        Requests.Recipient requests;
        try {
            requests = RequestReader.ofRcpt(rcpt.requests(), offers);
        } catch (RequestReader.Refused e) {
            transaction.refuse();
            answer(e.reply());
            return;
        }
        Mailbox mailbox = switch (rcpt.path()) {
            case ForwardPath.To to -> to.mailbox();
            // RFC 5321 §4.5.1
            case ForwardPath.Postmaster postmaster ->
                new Mailbox("postmaster", context.settings().postmasterDomain());
        };
        PreparedReply decision = admission.decide(transaction, reception.withPriority(transaction.priority()), mailbox);
        if (decision.reply().positive()) {
            transaction.accept(mailbox, requests);
            stage = Stage.RECIPIENTS;
        } else {
            transaction.refuse();
            if (decision.reply().permanentFailure() && conduct.refused()) {
                decision = Replies.TOO_MANY_REFUSED;
            }
        }
        put(decision);
    }

    private void data() throws IOException {
        switch (stage) {
            case CONNECTED -> answer(helloFirst());
            case GREETED -> answer(Replies.MAIL_FIRST);
            case SENDER -> {
                boolean tried = transaction.refused() && dialect == Dialect.SMTP; // RFC 2033 §4.2: 503 for LMTP
                answer(tried ? Replies.NO_VALID_RECIPIENTS : Replies.RCPT_FIRST);
            }
            case RECIPIENTS -> message();
        }
    }

    private void message() throws IOException {
        Reception asking = reception.withPriority(transaction.priority());
        Reception given = reception.withPriority(admission.priority(transaction, asking));
        Intake.Receipt receipt = intake.take(connection, peer, given, transaction, trace);
        if (receipt.accepted()) {
            conduct.delivered();
        }
        // RFC 2033 §4.2: one reply for each recipient, in order; here they all share the fate of the message.
        int more = receipt.behindContent() && dialect == Dialect.LMTP ? transaction.accepted() - 1 : 0;
        endTransaction();
        for (int i = 0; i < more; i++) {
            put(receipt.reply());
        }
        answer(receipt.reply());
        open &= !receipt.hangUp();
    }

    private void startTls() throws IOException {
        Optional<ListenerTls> tls = context.listener().tls();
        if (tls.isEmpty()) {
            answer(Replies.NOT_SERVED);
        } else if (connection.secure()) {
            answer(Replies.TLS_ACTIVE);
        } else if (stage == Stage.CONNECTED) {
            answer(helloFirst());
        } else if (stage.inTransaction()) {
            answer(Replies.NOT_IN_TRANSACTION);
        } else {
            answer(Replies.START_TLS);
            int dropped = connection.startTls(tls.get());
            if (dropped > 0) {
                LOG.warn("{}: dropped {} octets sent in clear behind STARTTLS", peer.ip(), dropped);
            }
            // RFC 3207 §4.2: nothing that was learned in clear counts.
            stage = Stage.CONNECTED;
            helo = "";
            extended = false;
            account = Optional.empty();
            known();
            conduct.advanced();
        }
    }

    private void auth(Command.Auth auth) throws IOException {
        PreparedReply refusal = authRefusal();
        Optional<Extensions.Mechanism> mechanism = context.listener().extensions().mechanisms().stream()
                .filter(offered -> offered.name().equals(auth.mechanism()))
                .findFirst();
        if (refusal != null) {
            answer(refusal);
        } else if (mechanism.isEmpty()) {
            answer(Replies.UNKNOWN_MECHANISM);
        } else {
            AuthDialogue dialogue =
                    new AuthDialogue(connection, context.passwords(), context.services(), peer.network());
            AuthDialogue.Result result = dialogue.run(mechanism.get(), auth);
            if (result.account().isPresent()) {
                account = result.account();
                known();
                conduct.advanced();
            } else if (putOffOrWrong(result.reply()) && conduct.notAuthenticated()) {
                put(result.reply());
                answer(Replies.TOO_MANY_ERRORS);
                return;
            }
            answer(result.reply());
        }
    }

    /** Whoever is put off may not ask for ever in one session: his questions keep others waiting. */
    private static boolean putOffOrWrong(PreparedReply reply) {
        return reply == Replies.BAD_CREDENTIALS || reply == Replies.AUTH_NOT_NOW || reply == Replies.AUTH_BUSY;
    }

    private @Nullable PreparedReply authRefusal() {
        if (context.listener().extensions().mechanisms().isEmpty()) {
            return Replies.NOT_SERVED;
        }
        if (stage == Stage.CONNECTED) {
            return helloFirst();
        }
        if (account.isPresent()) {
            return Replies.ALREADY_AUTHENTICATED; // RFC 4954 §4
        }
        if (stage.inTransaction()) {
            return Replies.NOT_IN_TRANSACTION; // RFC 4954 §4
        }
        return authOffered() ? null : Replies.AUTH_NEEDS_TLS;
    }

    /** RFC 4954 §4: not twice, and no password in clear over a network. */
    private boolean authOffered() {
        Extensions extensions = context.listener().extensions();
        boolean safe = connection.secure() || peer.loopback() || extensions.plaintextAuth();
        return safe && account.isEmpty() && !extensions.mechanisms().isEmpty();
    }

    /** Notes what is known about the client now, for the envelope and the Received field. */
    private void known() {
        reception = new Reception(
                context.listener().id(),
                peer.localPort(),
                peer.ip(),
                helo,
                account.map(Account::name).orElse(""),
                0);
        offers = extended
                ? context.listener().extensions().offers().to(reception).over(connection.secure())
                : Offers.NOTHING; // RFC 5321 §4.1.1.1
        trace = trace();
    }

    private TraceField trace() {
        return new TraceField(context.settings().hostname(), dialect, extended, connection.cipher());
    }

    private void endTransaction() {
        transaction.clear();
        conduct.outside();
        if (stage.inTransaction()) {
            stage = Stage.GREETED;
        }
    }

    private PreparedReply helloFirst() {
        return dialect == Dialect.LMTP ? Replies.LHLO_FIRST : Replies.HELLO_FIRST;
    }

    /** Answers a command; too many mistakes end the session. */
    private void answer(PreparedReply reply) throws IOException {
        boolean enough = reply.reply().permanentFailure() && conduct.wrong();
        put(enough ? Replies.TOO_MANY_ERRORS : reply);
    }

    private void put(PreparedReply reply) throws IOException {
        connection.send(reply);
        if (reply.reply().code() == 421) {
            open = false; // RFC 5321 §3.8
        }
    }

    private void lastWord(PreparedReply reply) {
        try {
            connection.send(reply);
        } catch (IOException e) {
            LOG.debug("{}: {}", peer.ip(), e.toString());
        }
    }
}
