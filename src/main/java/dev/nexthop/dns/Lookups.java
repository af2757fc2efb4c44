package dev.nexthop.dns;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;

/** Answers questions from the cache or from the servers. The same question asked by many at once goes out once. */
final class Lookups {
    /** The longest that one look-up takes, whatever the settings multiply to. */
    static final Duration MAX_LOOKUP = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);

    private final Asker asker;
    private final Duration patience;
    private final Cache<Question, RawAnswer> cache;
    private final ConcurrentMap<Question, CompletableFuture<RawAnswer>> pending = new ConcurrentHashMap<>();
    private final Outstanding outstanding = new Outstanding(System::nanoTime);

    Lookups(Asker asker, int cacheSize, Ticker ticker) {
        this.asker = asker;
        Duration longest = asker.longest();
        this.patience = longest.compareTo(MAX_LOOKUP) < 0 ? longest : MAX_LOOKUP;
        this.cache = Caffeine.newBuilder()
                .maximumSize(cacheSize)
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfter(Expiry.<Question, RawAnswer>writing((_, answer) -> answer.ttl()))
                .build();
    }

    /** The moment, by {@link System#nanoTime}, at which a look-up that starts now gives up. */
    long deadline() {
        return System.nanoTime() + patience.toNanos();
    }

    /**
     * Asks the servers, whatever is kept. Never throws.
     *
     * @param question what
     * @param deadline by {@link System#nanoTime}
     */
    RawAnswer anew(Question question, long deadline) {
        try {
            return resolve(question, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RawAnswer.Trouble("the look-up of the " + question + " was interrupted");
        } catch (RuntimeException e) {
            LOG.error("unexpected trouble with the {}", question, e);
            return new RawAnswer.Trouble("the look-up of the " + question + " broke off");
        }
    }

    /**
     * Answers a question. Never throws.
     *
     * @param question what
     * @param deadline by {@link System#nanoTime}
     */
    RawAnswer ask(Question question, long deadline) {
        RawAnswer kept = cache.getIfPresent(question);
        if (kept != null) {
            return kept;
        }
        CompletableFuture<RawAnswer> mine = new CompletableFuture<>();
        CompletableFuture<RawAnswer> theirs = pending.putIfAbsent(question, mine);
        if (theirs != null) {
            return await(question, theirs, deadline);
        }
        RawAnswer answer = new RawAnswer.Trouble("the look-up of the " + question + " broke off");
        try {
            answer = anew(question, deadline);
            if (answer.ttl().isPositive()) {
                cache.put(question, answer);
            }
        } finally {
            pending.remove(question, mine);
            mine.complete(answer);
        }
        return answer;
    }

    private static RawAnswer await(Question question, CompletableFuture<RawAnswer> theirs, long deadline) {
        try {
            return theirs.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RawAnswer.Trouble("the look-up of the " + question + " was interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return new RawAnswer.Trouble("the look-up of the " + question + " took too long");
        }
    }

    private RawAnswer resolve(Question question, long deadline) throws InterruptedException {
        Outstanding.Place place;
        try {
            place = outstanding.enter(question, deadline);
        } catch (Outstanding.FullException e) {
            return new RawAnswer.Trouble("nobody was asked for the " + question + ": " + e.getMessage());
        }
        try {
            return follow(question, deadline);
        } catch (NoAnswerException e) {
            Duration kept = e.isForWantOfTime() ? Duration.ZERO : RawAnswer.FAILURE_KEPT;
            return new RawAnswer.Trouble(String.valueOf(e.getMessage()), kept, e.security());
        } finally {
            outstanding.leave(place);
        }
    }

    /** A resolver follows CNAMEs itself; an authoritative server leaves the last steps to us. */
    private RawAnswer follow(Question question, long deadline) throws NoAnswerException, InterruptedException {
        Name at = question.name();
        int links = 0;
        Duration ttl = ResponseReader.MAX_TTL;
        Security security = Security.SECURE;
        while (true) {
            Question now = new Question(at, question.type());
            Asker.Reply reply = asker.ask(now, deadline);
            ttl = lesser(ttl, reply.kept());
            switch (ResponseReader.read(reply, now, ResponseReader.MAX_CHAIN - links)) {
                case ResponseReader.Reading.Final end -> {
                    return end.answer().after(ttl, security);
                }
                case ResponseReader.Reading.Onward onward -> {
                    at = onward.target();
                    links += onward.links();
                    ttl = lesser(ttl, onward.ttl());
                    security = security.and(reply.security());
                }
            }
        }
    }

    private static Duration lesser(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
