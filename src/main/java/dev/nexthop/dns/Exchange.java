package dev.nexthop.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * Gets one response from some server: asks each in turn, several times over, by UDP with EDNS and, where that helps,
 * without EDNS or by TCP, until one gives an answer worth reading or the time is over. Servers that are believed about
 * DNSSEC are asked before all others, with each question anew; and they have the last word where they call the answer
 * bogus: nobody else is asked then.
 */
final class Exchange implements Asker {
    /** UDP answers up to this size come unfragmented nearly everywhere. */
    private static final int UDP_PAYLOAD = 1232;

    /** Where the library handles responses: not on the common pool, where blocking calls would wait for each other. */
    private static final Executor RESPONSES = Thread::startVirtualThread;

    // Those that are believed, if any, then the others.
    private final List<Group> groups;
    private final int servers;
    private final ResolverSettings settings;
    private final Predicate<InetSocketAddress> believed;

    /** How a question travels. */
    private enum Way {
        UDP,
        UDP_WITHOUT_EDNS,
        TCP
    }

    /** What a question asks of the server beyond the records. */
    private enum Wish {
        /** Nothing. */
        RECORDS,
        /** Whether they are secure: DO and AD (RFC 4035 §3.2.1, RFC 6840 §5.7). */
        VERDICT,
        /** Signatures without a verdict: DO and CD (RFC 4035 §3.2.2, RFC 6840 §5.9). */
        UNCHECKED
    }

    /** Servers whose answers are worth the same. */
    private static final class Group {
        private final List<InetSocketAddress> servers;
        /** The longest that their answers may be kept. */
        private final Duration kept;
        // The server that answered last is asked first: a dead one costs its timeout once, not with each question.
        private volatile int preferred;

        Group(List<InetSocketAddress> servers, Duration kept) {
            this.servers = List.copyOf(servers);
            this.kept = kept;
        }
    }

    /** One look-up on its way from server to server. */
    private static final class Errand {
        private final Question question;
        /** For the servers that are being asked. */
        private long deadline;
        /** Whether the one question that tells bogus from broken was asked. */
        private boolean probed;
        /** The server that answered that question: when it fails with validation again, the answer is bogus. */
        private @Nullable InetSocketAddress suspicious;
        /** Whether some server had its whole time, or failed before that was over. */
        private boolean tried;

        private NoAnswerException last;

        Errand(Question question) {
            this.question = question;
            this.last = new NoAnswerException("no time was left to ask for the " + question);
        }
    }

    Exchange(List<InetSocketAddress> servers, ResolverSettings settings) {
        this(servers, settings, settings.dnssec()::trusts);
    }

    /**
     * Asks some servers.
     *
     * @param servers whom; may be empty
     * @param settings how
     * @param believed whose AD bit counts under {@link DnssecSettings.Mode#TRUST_AD}
     */
    Exchange(List<InetSocketAddress> servers, ResolverSettings settings, Predicate<InetSocketAddress> believed) {
        this.servers = servers.size();
        this.settings = settings;
        this.believed = believed;
        boolean byServer = settings.dnssec().mode() == DnssecSettings.Mode.TRUST_AD;
        List<InetSocketAddress> first = new ArrayList<>();
        List<InetSocketAddress> others = new ArrayList<>();
        for (InetSocketAddress server : servers) {
            (byServer && believed.test(server) ? first : others).add(server);
        }
        this.groups = first.isEmpty()
                ? List.of(new Group(others, ResponseReader.MAX_TTL))
                : List.of(new Group(first, ResponseReader.MAX_TTL), new Group(others, RawAnswer.UNBELIEVED_KEPT));
    }

    /** Each try of each server by each way. */
    @Override
    public Duration longest() {
        int ways = settings.tcpOnError() ? 2 : 1;
        return settings.timeout().multipliedBy((long) ways * settings.attempts() * Math.max(1, servers));
    }

    @Override
    public Reply ask(Question question, long deadline) throws NoAnswerException, InterruptedException {
        if (servers == 0) {
            throw new NoAnswerException("no DNS server is configured");
        }
        Errand errand = new Errand(question);
        int waiting = servers;
        for (Group group : groups) {
            // Each group gets its part of the time: dead servers that are believed leave some to the others.
            long now = System.nanoTime();
            errand.deadline = now + (deadline - now) / Math.max(1, waiting) * group.servers.size();
            waiting -= group.servers.size();
            Reply reply = askGroup(group, errand);
            if (reply != null) {
                return reply;
            }
        }
        throw errand.tried ? errand.last : errand.last.forWantOfTime();
    }

    private @Nullable Reply askGroup(Group group, Errand errand) throws NoAnswerException, InterruptedException {
        int first = group.preferred;
        for (int attempt = 0; attempt < settings.attempts(); attempt++) {
            for (int i = 0; i < group.servers.size(); i++) {
                if (errand.deadline - System.nanoTime() <= 0) {
                    return null;
                }
                int server = (first + i) % group.servers.size();
                try {
                    Reply reply = askServer(group.servers.get(server), errand);
                    group.preferred = server;
                    return new Reply(reply.message(), reply.security(), group.kept);
                } catch (NoAnswerException e) {
                    if (e.security() == Security.BOGUS) {
                        throw e; // Another server may only be one that does not look.
                    }
                    errand.last = e;
                }
            }
        }
        return null;
    }

    private Wish wish(InetSocketAddress server) {
        return switch (settings.dnssec().mode()) {
            case OFF -> Wish.RECORDS;
            case TRUST_AD -> believed.test(server) ? Wish.VERDICT : Wish.RECORDS;
            case VALIDATE -> Wish.UNCHECKED;
        };
    }

    private Reply askServer(InetSocketAddress server, Errand errand) throws NoAnswerException, InterruptedException {
        Wish wish = wish(server);
        Message response = respond(server, errand, wish);
        if (response.getRcode() == Rcode.SERVFAIL && wish == Wish.VERDICT) {
            if (isSuspicious(server, errand, response)) {
                // It may merely have been slow, and by now have what it lacked.
                response = respond(server, errand, wish);
            }
            if (response.getRcode() == Rcode.SERVFAIL && isBogus(server, errand, response)) {
                throw new NoAnswerException(
                        shown(server) + " says that the " + errand.question + " is bogus"
                                + ServerFailure.words(response),
                        Security.BOGUS);
            }
        }
        require(server, errand.question, response);
        boolean secure = response.getHeader().getFlag(Flags.AD);
        return new Reply(
                response, wish != Wish.VERDICT ? Security.INDETERMINATE : secure ? Security.SECURE : Security.INSECURE);
    }

    /** Whether a failure without a word may be about signatures; asks at most one question more in a look-up. */
    private boolean isSuspicious(InetSocketAddress server, Errand errand, Message response)
            throws InterruptedException {
        if (errand.probed || ServerFailure.of(response) != ServerFailure.UNCLEAR) {
            return false;
        }
        errand.probed = true;
        if (!answersUnchecked(server, errand)) {
            return false;
        }
        errand.suspicious = server;
        return true;
    }

    private static boolean isBogus(InetSocketAddress server, Errand errand, Message response) {
        return switch (ServerFailure.of(response)) {
            case BOGUS -> true;
            case OTHER -> false;
            case UNCLEAR -> server.equals(errand.suspicious);
        };
    }

    /** Whether a server that fails with validation has an answer without. */
    private boolean answersUnchecked(InetSocketAddress server, Errand errand) throws InterruptedException {
        try {
            int code = send(server, errand, Way.UDP, Wish.UNCHECKED).getRcode();
            return code == Rcode.NOERROR || code == Rcode.NXDOMAIN;
        } catch (NoAnswerException e) {
            return false; // It fails in any case, and signatures are not why.
        }
    }

    /** A whole response, whatever its code. */
    private Message respond(InetSocketAddress server, Errand errand, Wish wish)
            throws NoAnswerException, InterruptedException {
        Message response;
        try {
            response = send(server, errand, Way.UDP, wish);
            int code = response.getRcode();
            if (code == Rcode.FORMERR || code == Rcode.NOTIMP) {
                // RFC 6891 §7: a server that does not know EDNS says so like this.
                response = send(server, errand, Way.UDP_WITHOUT_EDNS, wish);
            }
        } catch (NoAnswerException e) {
            if (!settings.tcpOnError()) {
                throw e;
            }
            response = send(server, errand, Way.TCP, wish);
        }
        return response.getHeader().getFlag(Flags.TC)
                ? send(server, errand, Way.TCP, wish) // RFC 7766 §5
                : response;
    }

    private Message send(InetSocketAddress server, Errand errand, Way way, Wish wish)
            throws NoAnswerException, InterruptedException {
        Question question = errand.question;
        long left = Math.min(settings.timeout().toNanos(), errand.deadline - System.nanoTime());
        if (left <= 0) {
            throw new NoAnswerException("no time was left to ask " + shown(server) + " for the " + question);
        }
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(Duration.ofNanos(left));
        resolver.setIgnoreTruncation(true);
        resolver.setTCP(way == Way.TCP);
        if (way == Way.UDP_WITHOUT_EDNS) {
            resolver.setEDNS(-1, 0, 0, List.of());
        } else {
            resolver.setEDNS(0, UDP_PAYLOAD, wish == Wish.RECORDS ? 0 : ExtendedFlags.DO, List.of());
        }
        Message query = Message.newQuery(Record.newRecord(question.name(), question.type(), DClass.IN));
        switch (wish) {
            case RECORDS -> query.getHeader().unsetFlag(Flags.AD);
            case VERDICT -> query.getHeader().setFlag(Flags.AD);
            case UNCHECKED -> query.getHeader().setFlag(Flags.CD);
        }
        try {
            // The library looks at its own timeouts once a second only.
            Message response =
                    resolver.sendAsync(query, RESPONSES).toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
            errand.tried = true;
            return response;
        } catch (ExecutionException e) {
            throw noAnswer(server, errand, left, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw noAnswer(server, errand, left, e);
        }
    }

    private NoAnswerException noAnswer(InetSocketAddress server, Errand errand, long given, Throwable cause) {
        Question question = errand.question;
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        boolean silent = cause instanceof TimeoutException || why.contains("timed out");
        if (!silent || given >= NoAnswerException.fair(settings.timeout())) {
            errand.tried = true;
        }
        return new NoAnswerException(
                        silent
                                ? shown(server) + " did not answer in time when asked for the " + question
                                : "asking " + shown(server) + " for the " + question + " failed: " + why)
                .from(cause);
    }

    private static void require(InetSocketAddress server, Question question, Message response)
            throws NoAnswerException {
        int code = response.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            throw new NoAnswerException(shown(server) + " answered " + Rcode.string(code) + " when asked for the "
                    + question + ServerFailure.words(response));
        }
        Record asked = response.getQuestion();
        boolean ours = response.getHeader().getFlag(Flags.QR)
                && asked != null
                && asked.getName().equals(question.name())
                && asked.getType() == question.type();
        if (!ours || response.getHeader().getFlag(Flags.TC)) {
            throw new NoAnswerException(
                    shown(server) + " sent half an answer, or another one, when asked for the " + question);
        }
        if (code == Rcode.NOERROR && referral(response)) {
            // Read as "no data" it would send mail to the wrong host: the server only says whom to ask.
            throw new NoAnswerException(shown(server) + " does not resolve the " + question
                    + " but refers to other servers: it is no resolver");
        }
    }

    private static boolean referral(Message response) {
        List<Record> authority = response.getSection(Section.AUTHORITY);
        return response.getSection(Section.ANSWER).isEmpty()
                && !response.getHeader().getFlag(Flags.AA)
                && authority.stream().anyMatch(record -> record.getType() == Type.NS)
                && authority.stream().noneMatch(record -> record.getType() == Type.SOA);
    }

    private static String shown(InetSocketAddress server) {
        return "DNS server " + server.getAddress().getHostAddress() + ":" + server.getPort();
    }
}
