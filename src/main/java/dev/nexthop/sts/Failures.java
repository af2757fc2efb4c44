package dev.nexthop.sts;

import dev.nexthop.tls.StsAnswer.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Fetches that failed a short time ago. One is not repeated for the same id of the policy before its pause is over, so that a
 * policy host in trouble is not asked for each message (RFC 8461 §3.3).
 */
final class Failures {
    /** Most domains remembered; the oldest is forgotten first. */
    private static final int MOST = 10_000;

    private final LinkedHashMap<String, Failure> failed = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Duration pause;

    private record Failure(String id, Instant at, Trouble trouble) {}

    Failures(Duration pause) {
        this.pause = pause;
    }

    /** What went wrong for this id, when it is too early for another try. */
    Optional<Trouble> recent(String name, String id, Instant now) {
        lock.lock();
        try {
            return Optional.ofNullable(failed.get(name))
                    .filter(failure -> failure.id().equals(id)
                            && now.isBefore(failure.at().plus(pause))
                            && !now.isBefore(failure.at()))
                    .map(Failure::trouble);
        } finally {
            lock.unlock();
        }
    }

    void add(String name, String id, Trouble trouble, Instant now) {
        lock.lock();
        try {
            failed.remove(name);
            failed.put(name, new Failure(id, now, trouble));
            if (failed.size() > MOST) {
                failed.pollFirstEntry();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The domain has a policy now; says whether it had none to be had before. */
    boolean over(String name) {
        lock.lock();
        try {
            return failed.remove(name) != null;
        } finally {
            lock.unlock();
        }
    }
}
