package dev.nexthop.queue;

import dev.nexthop.mail.QueueId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What files of the folder of bodies are called: {@code body-} and a number, which is the id of the first message that the
 * file was made for. A {@link BodyHeader} says whose it is now. Up to format 1 of the spool, a body's file was named by the id of its message and had no header.
 *
 * @param folder where they are
 */
record BodyNames(Path folder) {
    private static final String PREFIX = "body-";

    /** A file of format 1 that was no message's. */
    private static final String OLD_SPARE = ".spare-";

    /** Stands for the number of a file that is named by the id of its message. */
    static final long BY_ID = -1;

    Path path(long number) {
        return folder.resolve(PREFIX + number);
    }

    Path path(long number, QueueId id) {
        return number == BY_ID ? folder.resolve(id.toString()) : path(number);
    }

    /** The number of a file, {@link #BY_ID} when it has none; empty when this is the name of something else. */
    static OptionalLong number(Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(PREFIX)) {
            return byId(file).isPresent() ? OptionalLong.of(BY_ID) : OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(name, PREFIX.length(), name.length(), 10);
            boolean ours = number > 0 && name.equals(PREFIX + number);
            return ours ? OptionalLong.of(number) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    static boolean isOldSpare(Path file) {
        return file.getFileName().toString().startsWith(OLD_SPARE);
    }

    /**
     * Whose body is in a file that has a {@link #number}.
     *
     * @return empty when it is nobody's
     * @throws IOException as {@link BodyHeader#read(Path)}
     */
    static Optional<QueueId> owner(Path file) throws IOException {
        Optional<QueueId> named = byId(file);
        return named.isPresent() ? named : BodyHeader.read(file).owner();
    }

    /** What is said of a body that is not {@link #whole}. */
    static final String PART = "; it is damaged or was never whole, and may hold octets of another message";

    /** Whether all of a body is in a file that was to be, as far as its header can tell. Reads all of it. */
    static boolean whole(Path file) {
        try {
            return byId(file).isPresent() || BodyHeader.read(file).describes(file);
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<QueueId> byId(Path file) {
        try {
            return Optional.of(QueueId.parse(file.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
