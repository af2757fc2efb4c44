package dev.nexthop.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** A folder on a disk that fails when it is told to: a library that stands between the server and the kernel's calls. */
final class FaultyDisk {
    private static final String SOURCE = "faultydisk.c";

    private final Path folder;
    private final Path control;
    private final Path library;

    private FaultyDisk(Path folder, Path control, Path library) {
        this.folder = folder;
        this.control = control;
        this.library = library;
    }

    /** Compiles the library into a folder; what is below {@code data} is on the disk. */
    static FaultyDisk in(Path home, Path data) throws IOException, InterruptedException {
        Path source = home.resolve(SOURCE);
        try (InputStream in = FaultyDisk.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IOException("no resource " + SOURCE);
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path library = home.resolve("faultydisk.so");
        List<String> compile = List.of("cc", "-O1", "-shared", "-fPIC", "-o", library.toString(), source.toString());
        new Command(compile, home, Map.of()).run().orFail();
        Path control = Files.writeString(home.resolve("faultydisk.control"), "");
        return new FaultyDisk(data, control, library);
    }

    /** What a server on it has in its environment. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAULTY_FOLDER", folder.toString(),
                "FAULTY_CONTROL", control.toString());
    }

    /** From now on it does what the words say, as the source tells; "" is well. */
    void does(String words) throws IOException {
        Path next = control.resolveSibling("faultydisk.next");
        Files.writeString(next, words);
        Files.move(next, control, StandardCopyOption.ATOMIC_MOVE);
    }
}
