package dev.nexthop.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a peer has put into a maildir. */
final class Maildir {
    private Maildir() {}

    /** The messages in it, new ones and seen ones; none when there is no such folder yet. */
    static List<byte[]> messages(Path folder) throws IOException {
        List<byte[]> messages = new ArrayList<>();
        for (String part : List.of("new", "cur")) {
            Path place = folder.resolve(part);
            if (Files.isDirectory(place)) {
                try (Stream<Path> files = Files.list(place)) {
                    for (Path file : files.sorted().toList()) {
                        messages.add(Files.readAllBytes(file));
                    }
                }
            }
        }
        return messages;
    }
}
