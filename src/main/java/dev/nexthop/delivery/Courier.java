package dev.nexthop.delivery;

import dev.nexthop.client.Answer;
import dev.nexthop.client.Capabilities;
import dev.nexthop.client.ClientSession;
import dev.nexthop.client.IdleSessions;
import dev.nexthop.client.Response;
import dev.nexthop.client.SessionException;
import dev.nexthop.client.Sessions;
import dev.nexthop.client.StepTimeouts;
import dev.nexthop.client.Target;
import dev.nexthop.client.Transfer;
import dev.nexthop.event.Events;
import dev.nexthop.mail.Diagnosis;
import dev.nexthop.mail.ErrorKind;
import dev.nexthop.mail.Handover;
import dev.nexthop.mail.Outcome;
import dev.nexthop.mail.Requests;
import dev.nexthop.mail.Requests.Mode;
import dev.nexthop.mail.Step;
import dev.nexthop.mime.SevenBit;
import dev.nexthop.route.RemoteHost.Limits;
import dev.nexthop.smtp.Dialect;
import dev.nexthop.smtp.EnhancedStatus;
import dev.nexthop.smtp.Mailbox;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Takes the pending recipients of a job to one address: gets a session, runs the transactions, books the rulings. */
final class Courier {
    private final Sessions sessions;
    private final Events events;
    private final AddressMemory memory;
    private final InstantSource clock;
    private final TlsTeller teller;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    Courier(Sessions sessions, Events events, AddressMemory memory, TlsTeller teller, InstantSource clock) {
        this.teller = teller;
        this.sessions = sessions;
        this.events = events;
        this.memory = memory;
        this.clock = clock;
    }

    /**
     * One address to try.
     *
     * @param target whom to talk to
     * @param timeouts how long each step may take
     * @param limits how the host is used
     * @param configured whether an operator named the host, rather than DNS
     * @param conversion which messages may be converted for it
     * @param report what the recipients' domain is told of the connection
     */
    record Stop(
            Target target,
            StepTimeouts timeouts,
            Limits limits,
            boolean configured,
            SevenBit.Policy conversion,
            Optional<MxPolicies.Report> report) {
        /** A stop that no domain is told of; the parameters are those of the record. */
        Stop(Target target, StepTimeouts timeouts, Limits limits, boolean configured, SevenBit.Policy conversion) {
            this(target, timeouts, limits, configured, conversion, Optional.empty());
        }

        Classifier.Place place(boolean someTaken, Handover handover) {
            return new Classifier.Place(
                    target.host(),
                    target.ip(),
                    configured,
                    someTaken,
                    handover,
                    target.tls().policy());
        }
    }

    /**
     * Delivers what can be delivered there; whoever is pending afterwards has the trouble in the ledger.
     *
     * @param stop where
     * @param job what
     * @param utf8 whether the header fields need SMTPUTF8
     * @param ledger the books of the attempt
     */
    void call(Stop stop, Job job, boolean utf8, Ledger ledger) {
        Optional<ClientSession> waiting = sessions.waiting(stop.target());
        ClientSession session = waiting.isPresent() ? waiting.get() : open(stop, ledger);
        List<Integer> left = ledger.pending();
        while (session != null && !left.isEmpty()) {
            if (session.spent()) {
                give(session, stop);
                session = open(stop, ledger);
                continue;
            }
            List<Integer> group = Groups.first(
                    left, job, stop.limits(), session.capabilities().limits());
            Transaction transaction = new Transaction(job, group, utf8, clock);
            List<Integer> again = transact(transaction, session, stop, ledger);
            if (transaction.stale) {
                session = open(stop, ledger); // One new session in place of the dead one; a new one is never stale.
                continue;
            }
            left = Groups.without(left, group);
            left.addAll(0, again);
            Diagnosis last = transaction.last;
            if (last != null && (transaction.hostIsOfNoUse || !session.usable())) {
                left.forEach(i -> ledger.trouble(i, last));
                break;
            }
        }
        if (session != null) {
            ledger.tls(session.tls());
            give(session, stop);
        }
    }

    /**
     * Runs a transaction and books its answers: also those that came before an error in the program, after which the session
     * is closed. A stale session has none. Returns who goes into another transaction at once.
     */
    private List<Integer> transact(Transaction transaction, ClientSession session, Stop stop, Ledger ledger) {
        boolean over = false;
        try {
            List<Integer> again;
            try {
                transaction.run(session, stop, ledger);
            } finally {
                again = book(transaction, session, stop, ledger);
            }
            over = true;
            return again;
        } finally {
            if (!over) {
                ledger.tls(session.tls());
                session.close();
            }
        }
    }

    /** Finds out whether an address would take mail, as far as that can be known without logging in or sending any. */
    void visit(Stop stop, Ledger ledger) {
        try (ClientSession session = sessions.open(stop.target(), stop.timeouts())) {
            ledger.tls(session.tls());
            ledger.healthy();
            ledger.settleAll(new Outcome.Delivered(Diagnosis.local(
                    new EnhancedStatus(2, 0, 0), ErrorKind.NONE, stop.target().host() + " answers", Step.EHLO)));
        } catch (SessionException e) {
            ledger.troubleAll(Classifier.judge(e.answer(), stop.place(false, Handover.FINAL))
                    .diagnosis());
        }
    }

    private void give(ClientSession session, Stop stop) {
        Limits limits = stop.limits();
        sessions.give(
                session, new IdleSessions.Keep(limits.concurrency(), limits.messagesPerConnection(), limits.idle()));
    }

    private @Nullable ClientSession open(Stop stop, Ledger ledger) {
        long start = System.nanoTime();
        try {
            ClientSession session = sessions.open(stop.target(), stop.timeouts());
            ledger.secureTook(session.securing());
            remember(stop.target(), null);
            teller.opened(stop, session);
            if (session.loginSkipped() && warned.add(stop.target().hop())) {
                events.alarm(
                        "auth",
                        "hop '" + stop.target().hop()
                                + "' has credentials, but its LMTP server on loopback offers no AUTH;"
                                + " mail is delivered without (auth.require = true would defer it)");
            }
            return session;
        } catch (SessionException e) {
            Ruling ruling = Classifier.judge(e.answer(), stop.place(false, Handover.FINAL));
            switch (ruling) {
                case Ruling.Settled(Outcome outcome) -> ledger.settleAll(outcome);
                case Ruling.Again(Diagnosis diagnosis) -> ledger.troubleAll(diagnosis);
                case Ruling.NotHere(Diagnosis diagnosis) -> ledger.troubleAll(diagnosis.inClass(4));
                case Ruling.NextHost next -> {
                    if (e.answer().response() instanceof Response.NotBegun(String why, boolean sourceMissing)) {
                        ledger.notAsked(next.diagnosis());
                        notBegun(stop.target(), why, sourceMissing);
                    } else {
                        ledger.troubleAll(next.diagnosis());
                        mood(next, stop, ledger);
                    }
                }
            }
            remember(stop.target(), e.answer());
            teller.failed(stop, e.answer());
            return null;
        } finally {
            ledger.connectTook(System.nanoTime() - start);
        }
    }

    /** What opening a connection taught about addresses; what went wrong behind a connection is no matter of addresses. */
    private void remember(Target target, @Nullable Answer trouble) {
        if (trouble != null && trouble.response() instanceof Response.NotBegun(String _, boolean sourceMissing)) {
            if (sourceMissing) {
                target.source().ifPresent(memory::missing);
            }
            return;
        }
        target.source().ifPresent(memory::present);
        if (!(target.address() instanceof InetSocketAddress host)) {
            return;
        }
        Response.@Nullable Blame blame = trouble == null || trouble.step() != Step.CONNECT
                ? null
                : trouble.response() instanceof Response.Unreachable(String _, Response.Blame whose)
                        ? whose
                        : Response.Blame.HOST;
        if (target.proxy().isPresent()) {
            // Of the way behind it nothing is learned.
            InetAddress proxy = target.proxy().get().address().getAddress();
            learn(proxy, blame == Response.Blame.PROXY ? blame : null);
        } else {
            learn(host.getAddress(), blame);
        }
    }

    private void learn(InetAddress address, Response.@Nullable Blame blame) {
        if (blame == null) {
            memory.reached(address);
            return;
        }
        memory.failed(address);
        if (blame == Response.Blame.FAMILY) {
            memory.noRoute(address);
        }
    }

    /** Books every answer of a transaction; returns who goes into another one at once. */
    private List<Integer> book(Transaction transaction, ClientSession session, Stop stop, Ledger ledger) {
        Classifier.Place place = stop.place(
                transaction.someTaken(),
                handover(session, transaction.job.envelope().requests()));
        List<Integer> again = new ArrayList<>();
        Ruling.@Nullable NextHost worst = null;
        boolean heard = false;
        boolean lost = false;
        @Nullable Answer judged = null;
        @Nullable Ruling ruling = null;
        for (int i = 0; i < transaction.group.size(); i++) {
            int recipient = transaction.group.get(i);
            Answer answer = transaction.answers[i];
            if (answer == null) {
                continue; // Only after an error in the program, or of a stale session. Whoever is forgotten is
                // deferred.
            }
            Ledger.Impression impression = impression(answer.response());
            heard |= impression == Ledger.Impression.HEARD;
            lost |= impression == Ledger.Impression.LOST;
            if (ruling == null || !answer.equals(judged)) { // most have one answer in common
                ruling = Classifier.judge(answer, place);
                judged = answer;
            }
            switch (ruling) {
                case Ruling.Settled(Outcome outcome) -> {
                    ledger.settle(recipient, outcome);
                    transaction.last = outcome.diagnosis();
                }
                case Ruling.Again(Diagnosis diagnosis) -> {
                    ledger.trouble(recipient, diagnosis);
                    again.add(recipient);
                }
                case Ruling.NotHere(Diagnosis diagnosis) -> {
                    ledger.lack(recipient, diagnosis);
                    transaction.last = diagnosis;
                }
                case Ruling.NextHost next -> {
                    ledger.trouble(recipient, next.diagnosis());
                    transaction.last = next.diagnosis();
                    worst = worst == null || next.mood() != Ruling.Mood.PLAIN ? next : worst;
                    transaction.hostIsOfNoUse |= answer.step() != Step.RCPT;
                }
            }
        }
        Diagnosis last = transaction.last;
        if (heard) {
            ledger.healthy();
        } else if (lost && last != null) {
            ledger.lost(last);
        }
        if (worst != null) {
            mood(worst, stop, ledger);
        }
        return again;
    }

    /**
     * RFC 3461 §5.2, RFC 2852 §4.1.4: the duty to tell of success, and that it is late, ends here, goes on with the message, or
     * comes back to us.
     */
    private static Handover handover(ClientSession session, Requests requests) {
        boolean relays = session.target().dialect() == Dialect.SMTP;
        boolean tells =
                requests.deliverBy().filter(by -> by.mode() == Mode.NOTIFY).isPresent();
        if (relays && tells && !session.capabilities().has(Capabilities.Extension.DELIVERBY)) {
            return Handover.UNTIMED;
        }
        if (session.capabilities().has(Capabilities.Extension.DSN)) {
            return Handover.CHAINED;
        }
        return relays ? Handover.RELAYED : Handover.FINAL;
    }

    /** What an answer tells of the server: a word of it, or our judgement of what it offers; silence; or of ourselves. */
    private static Ledger.Impression impression(Response response) {
        return switch (response) {
            case Response.Replied _, Response.Unable _ -> Ledger.Impression.HEARD;
            case Response.Unreadable _, Response.NotBegun _ -> Ledger.Impression.NONE;
            case Response.Unreachable _,
                    Response.Lost _,
                    Response.TimedOut _,
                    Response.Nonsense _,
                    Response.Insecure _,
                    Response.NoLogin _ -> Ledger.Impression.LOST;
        };
    }

    /** An operator hears of it once, not with each message. */
    private void notBegun(Target target, String why, boolean sourceMissing) {
        if (!warned.add(sourceMissing ? "source " + target.source() : "socket")) {
            return;
        }
        if (sourceMissing) {
            events.alarm("source-ip", why + "; give the address to this machine, or take it out of the configuration");
        } else {
            events.alarm("sockets", why + "; see how many open files and local ports this machine allows");
        }
    }

    private void mood(Ruling.NextHost next, Stop stop, Ledger ledger) {
        switch (next.mood()) {
            case PLAIN, OURS -> {} // Our own trouble ends before there is a session: open() has told it.
            case BUSY -> ledger.busy(next.diagnosis());
            case AUTH ->
                events.alarm(
                        "auth",
                        "hop '" + stop.target().hop() + "': " + next.diagnosis().reason());
        }
    }

    /** One transaction: its recipients and their answers, kept as they come. */
    private static final class Transaction {
        private final Job job;
        private final List<Integer> group;
        private final boolean utf8;
        private final InstantSource clock;
        private final @Nullable Answer[] answers;
        private boolean hostIsOfNoUse;
        private boolean stale;
        private @Nullable Diagnosis last;

        Transaction(Job job, List<Integer> group, boolean utf8, InstantSource clock) {
            this.clock = clock;
            this.job = job;
            this.group = group;
            this.utf8 = utf8;
            this.answers = new Answer[group.size()];
        }

        void run(ClientSession session, Stop stop, Ledger ledger) {
            List<Mailbox> recipients = new ArrayList<>(group.size());
            for (int index : group) {
                recipients.add(job.recipients().get(index).recipient());
            }
            Transfer transfer = new Transfer(
                    job.envelope().sender(),
                    recipients,
                    job.body(),
                    utf8,
                    Groups.extras(job, group, stop, ledger.begun(), clock.instant()));
            long start = System.nanoTime();
            try {
                stale = session.transact(transfer, stop.timeouts(), (i, answer) -> answers[i] = answer)
                        == ClientSession.End.STALE;
            } finally {
                ledger.sendTook(System.nanoTime() - start);
            }
        }

        /** Whether the server took the message for anybody, or may have. */
        boolean someTaken() {
            for (Answer answer : answers) {
                if (answer != null && answer.step() == Step.END_OF_DATA && !refused(answer)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean refused(Answer answer) {
            return answer.response() instanceof Response.Replied replied
                    && !replied.reply().positive();
        }
    }
}
