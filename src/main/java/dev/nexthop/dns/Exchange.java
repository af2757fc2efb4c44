package dev.nexthop.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * Gets one response from some server: asks each in turn, several times over, by UDP with EDNS and, where that helps,
 * without EDNS or by TCP, until one gives an answer worth reading or the time is over.
 */
final class Exchange {
    /** UDP answers up to this size come unfragmented nearly everywhere. */
    private static final int UDP_PAYLOAD = 1232;

    /** Where the library handles responses: not on the common pool, where blocking calls would wait for each other. */
    private static final Executor RESPONSES = Thread::startVirtualThread;

    private final List<InetSocketAddress> servers;
    private final ResolverSettings settings;
    // The server that answered last is asked first: a dead one costs its timeout once, not with each question.
    private volatile int preferred;

    /** No server gave an answer worth reading. */
    static final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1L;

        NoAnswerException(String message) {
            super(message);
        }
    }

    /** How a question travels. */
    private enum Way {
        UDP,
        UDP_WITHOUT_EDNS,
        TCP
    }

    Exchange(List<InetSocketAddress> servers, ResolverSettings settings) {
        this.servers = List.copyOf(servers);
        this.settings = settings;
    }

    /** The longest that {@link #ask} can take: each try of each server by each way. */
    Duration longest() {
        int ways = settings.tcpOnError() ? 2 : 1;
        return settings.timeout().multipliedBy((long) ways * settings.attempts() * Math.max(1, servers.size()));
    }

    /**
     * Asks until somebody answers.
     *
     * @param question what
     * @param deadline by {@link System#nanoTime}
     * @return a response to this question with code NOERROR or NXDOMAIN that is no mere referral
     * @throws NoAnswerException with one sentence about the last trouble
     */
    Message ask(Question question, long deadline) throws NoAnswerException, InterruptedException {
        if (servers.isEmpty()) {
            throw new NoAnswerException("no DNS server is configured");
        }
        NoAnswerException last = new NoAnswerException("no time was left to ask for the " + question);
        int first = preferred;
        for (int attempt = 0; attempt < settings.attempts(); attempt++) {
            for (int i = 0; i < servers.size(); i++) {
                if (deadline - System.nanoTime() <= 0) {
                    throw last;
                }
                int server = (first + i) % servers.size();
                try {
                    Message response = askServer(servers.get(server), question, deadline);
                    preferred = server;
                    return response;
                } catch (NoAnswerException e) {
                    last = e;
                }
            }
        }
        throw last;
    }

    private Message askServer(InetSocketAddress server, Question question, long deadline)
            throws NoAnswerException, InterruptedException {
        Message response;
        try {
            response = send(server, question, Way.UDP, deadline);
            int code = response.getRcode();
            if (code == Rcode.FORMERR || code == Rcode.NOTIMP) {
                // RFC 6891 §7: a server that does not know EDNS says so like this.
                response = send(server, question, Way.UDP_WITHOUT_EDNS, deadline);
            }
        } catch (NoAnswerException e) {
            if (!settings.tcpOnError()) {
                throw e;
            }
            response = send(server, question, Way.TCP, deadline);
        }
        if (response.getHeader().getFlag(Flags.TC)) {
            response = send(server, question, Way.TCP, deadline); // RFC 7766 §5
        }
        require(server, question, response);
        return response;
    }

    private Message send(InetSocketAddress server, Question question, Way way, long deadline)
            throws NoAnswerException, InterruptedException {
        long left = Math.min(settings.timeout().toNanos(), deadline - System.nanoTime());
        if (left <= 0) {
            throw new NoAnswerException("no time was left to ask " + shown(server) + " for the " + question);
        }
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(Duration.ofNanos(left));
        resolver.setIgnoreTruncation(true);
        switch (way) {
            case UDP -> resolver.setEDNS(0, UDP_PAYLOAD, 0, List.of());
            case UDP_WITHOUT_EDNS -> resolver.setEDNS(-1, 0, 0, List.of());
            case TCP -> resolver.setTCP(true);
        }
        Message query = Message.newQuery(Record.newRecord(question.name(), question.type(), DClass.IN));
        try {
            // The library looks at its own timeouts once a second only.
            return resolver.sendAsync(query, RESPONSES).toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw noAnswer(server, question, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw noAnswer(server, question, e);
        }
    }

    private static NoAnswerException noAnswer(InetSocketAddress server, Question question, Throwable cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        boolean silent = cause instanceof TimeoutException || why.contains("timed out");
        NoAnswerException translated = new NoAnswerException(
                silent
                        ? shown(server) + " did not answer in time when asked for the " + question
                        : "asking " + shown(server) + " for the " + question + " failed: " + why);
        translated.initCause(cause);
        return translated;
    }

    private static void require(InetSocketAddress server, Question question, Message response)
            throws NoAnswerException {
        int code = response.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            throw new NoAnswerException(
                    shown(server) + " answered " + Rcode.string(code) + " when asked for the " + question);
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
