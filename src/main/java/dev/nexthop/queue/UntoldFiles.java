package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import dev.nexthop.store.CorruptRecordException;
import dev.nexthop.store.UnreadableRecordException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of the folder of bodies of which it can't be told whose they are. Each may be mail, so that they stay. */
final class UntoldFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UntoldFiles.class);

    /** So many files that still can't be read end a look at them. */
    private static final int MOST_FAILED = 64;

    // Why: a CorruptRecordException stays as it is; what the disk gives an error for may be read later.
    private final Map<Path, IOException> files = new ConcurrentHashMap<>();
    private volatile boolean everUnsure;

    void add(Path file, IOException why) {
        everUnsure |= mayPass(why);
        files.put(file, why);
        LOG.error("whose body {} is can't be told, and it stays: {}", file, why.toString());
    }

    /** Tells of them, if there are any, when the spool has been opened. */
    void alarm(SpoolWatch watch) {
        if (!files.isEmpty()) {
            watch.damaged(files.size() + " files of the spool may be bodies of messages, and it can't be told of which:"
                    + " messages whose body is in none of the others wait, or go into quarantine; nexthop queue verify"
                    + " names the files");
        }
    }

    void remove(Path file) {
        files.remove(file);
    }

    /** Whether one of them may be read later. */
    boolean unsure() {
        return files.values().stream().anyMatch(UntoldFiles::mayPass);
    }

    /** Whether one could not be read when the folder was opened: what was asked about all bodies then left it out. */
    boolean everUnsure() {
        return everUnsure;
    }

    private static boolean mayPass(IOException why) {
        return !(why instanceof CorruptRecordException);
    }

    /** Some of those that may be read later. */
    List<Path> unread() {
        return files.entrySet().stream()
                .filter(entry -> mayPass(entry.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .limit(3)
                .toList();
    }

    /** Each with why. */
    Map<Path, String> reasons() {
        Map<Path, String> reasons = new TreeMap<>();
        files.forEach((file, why) ->
                reasons.put(file, mayPass(why) ? "it can't be read: " + why : String.valueOf(why.getMessage())));
        return reasons;
    }

    /**
     * Reads those once more that the disk gave an error for, in any order, and tells whose they are. When too many still can't
     * be read the rest waits: thousands of messages may ask in turn.
     */
    void again(BiConsumer<QueueId, Path> found) {
        List<Map.Entry<Path, IOException>> left = new ArrayList<>(files.entrySet());
        left.removeIf(entry -> !mayPass(entry.getValue()));
        Collections.shuffle(left);
        int failed = 0;
        for (Map.Entry<Path, IOException> entry : left) {
            if (failed == MOST_FAILED) {
                return;
            }
            Path file = entry.getKey();
            try {
                Optional<QueueId> owner = BodyNames.owner(file);
                owner.ifPresent(id -> found.accept(id, file));
                files.remove(file, entry.getValue());
            } catch (CorruptRecordException e) {
                add(file, e);
            } catch (NoSuchFileException e) {
                files.remove(file);
            } catch (IOException e) {
                failed++;
                LOG.debug("{} can't be read yet: {}", file, e.toString());
            }
        }
    }

    /**
     * One whose header is damaged, and whose other octets are those of a body. Reads all of such files that are as long.
     *
     * @throws UnreadableRecordException when it is none that can be read, and the disk gives an error for others
     */
    Optional<Path> match(MessageRecord.Body body) throws UnreadableRecordException {
        BodyHeader like = new BodyHeader(Optional.empty(), body.size(), body.checksum());
        IOException trouble = null;
        for (Map.Entry<Path, IOException> entry : List.copyOf(files.entrySet())) {
            Path file = entry.getKey();
            try {
                if (!mayPass(entry.getValue()) && damaged(file) && like.describes(file)) {
                    return Optional.of(file);
                }
            } catch (NoSuchFileException e) {
                files.remove(file);
            } catch (IOException e) {
                trouble = e;
            }
        }
        if (trouble != null) {
            throw new UnreadableRecordException(
                    "a file that does not say whose body it is can't be read: " + trouble, trouble);
        }
        return Optional.empty();
    }

    private static boolean damaged(Path file) throws IOException {
        try {
            BodyNames.owner(file);
            return false;
        } catch (CorruptRecordException e) {
            return true;
        }
    }
}
