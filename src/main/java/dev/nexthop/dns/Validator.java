package dev.nexthop.dns;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Looks at signatures itself (RFC 4035 §5), by way of the library. A look-up asks one question at a time, for keys too,
 * and ends with the first that fails; keys are kept from one look-up to the next.
 */
final class Validator implements Asker {
    /** The library goes on where an answer came in, and some of that on the common pool: it must never block there. */
    private static final Executor THREADS = Thread::startVirtualThread;

    private final Asker exchange;
    private final ValidatingResolver library;
    // A look-up that is given up ends its last question alone, and counts as long as that takes.
    private final Outstanding outstanding = new Outstanding(System::nanoTime);

    /**
     * A validator with no keys yet.
     *
     * @param exchange asks servers for records with their signatures
     * @param anchors DS or DNSKEY records; empty for those shipped
     * @param clock the time that signatures are held against
     */
    Validator(Asker exchange, String anchors, Clock clock) {
        this.exchange = exchange;
        this.library = new ValidatingResolver(new Head(), clock);
        TrustAnchors.load(library, anchors);
    }

    /** Twice that of a question: a chain of keys is mostly there already. */
    @Override
    public Duration longest() {
        return exchange.longest().multipliedBy(2);
    }

    @Override
    public Reply ask(Question question, long deadline) throws NoAnswerException, InterruptedException {
        Message query = Message.newQuery(Record.newRecord(question.name(), question.type(), DClass.IN));
        Message response;
        long left = Math.max(0, deadline - System.nanoTime());
        try {
            response = library.sendAsync(query, THREADS).toCompletableFuture().get(left, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw translated(question, e);
        } catch (TimeoutException e) {
            NoAnswerException late = new NoAnswerException("validating the " + question + " took too long").from(e);
            throw left >= NoAnswerException.fair(oneQuestion()) ? late : late.forWantOfTime();
        }
        if (response.getRcode() == Rcode.SERVFAIL) {
            throw new NoAnswerException("the " + question + " is bogus" + reason(response), Security.BOGUS);
        }
        boolean secure = response.getHeader().getFlag(Flags.AD);
        return new Reply(response, secure ? Security.SECURE : Security.INSECURE);
    }

    /** The longest that one of the questions of a look-up takes. */
    private Duration oneQuestion() {
        Duration longest = exchange.longest();
        return longest.compareTo(Lookups.MAX_LOOKUP) < 0 ? longest : Lookups.MAX_LOOKUP;
    }

    /** What was thrown on the way, whichever question it was about. */
    private static NoAnswerException translated(Question question, ExecutionException e) throws InterruptedException {
        return switch (e.getCause()) {
            case NoAnswerException known -> known;
            case InterruptedException _ -> throw new InterruptedException();
            case null, default ->
                throw new IllegalStateException("the " + question + " could not be validated", e.getCause());
        };
    }

    /** The library puts why it refused an answer into a record of its own. */
    private static String reason(Message response) {
        for (Record record : response.getSection(Section.ADDITIONAL)) {
            if (record instanceof TXTRecord text && record.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS) {
                return ": " + ServerFailure.printable(String.join("", text.getStrings()));
            }
        }
        return "";
    }

    /** How the library asks: by our exchange, which knows servers, ways and flags itself. */
    private final class Head implements Resolver {
        @Override
        public CompletionStage<Message> sendAsync(Message query, Executor executor) {
            Record asked = query.getQuestion();
            CompletableFuture<Message> response = new CompletableFuture<>();
            THREADS.execute(() -> {
                try {
                    response.complete(answer(new Question(asked.getName(), asked.getType())));
                } catch (NoAnswerException | InterruptedException | RuntimeException e) {
                    response.completeExceptionally(e);
                }
            });
            return response;
        }

        private Message answer(Question question) throws NoAnswerException, InterruptedException {
            long longest = oneQuestion().toNanos();
            Outstanding.Place place = place(question, System.nanoTime() + longest);
            try {
                return exchange.ask(question, System.nanoTime() + longest).message();
            } finally {
                outstanding.leave(place);
            }
        }

        private Outstanding.Place place(Question question, long deadline)
                throws NoAnswerException, InterruptedException {
            try {
                return outstanding.enter(question, deadline);
            } catch (Outstanding.FullException e) {
                throw new NoAnswerException("nobody was asked for the " + question + ": " + e.getMessage())
                        .forWantOfTime();
            }
        }

        @Override
        public CompletionStage<Message> sendAsync(Message query) {
            return sendAsync(query, THREADS);
        }

        @Override
        public void setPort(int port) {}

        @Override
        public void setTCP(boolean flag) {}

        @Override
        public void setIgnoreTruncation(boolean flag) {}

        @Override
        public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

        @Override
        public void setTSIGKey(TSIG key) {}

        @Override
        public void setTimeout(Duration timeout) {}
    }
}
