package dev.nexthop.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A root folder of its own for a peer that insists on folders and users of the system: {@code /usr} is the machine's,
 * {@code /peers} what {@code scripts/peers} has unpacked, everything else is made here. Nothing of it is seen outside,
 * and it is gone with the process.
 */
final class PrivateRoot {
    /** Where {@code scripts/peers} unpacks the peers that are not installed. */
    static final Path UNPACKED = Path.of("target/peers/root").toAbsolutePath();

    /** Number of the user and group nobody. */
    static final int NOBODY = 65534;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private static final String ENTER = """
            root=$0 peers=$1
            shift
            for folder in usr dev proc; do mount --bind "/$folder" "$root/$folder"; done
            mount --bind "$peers" "$root/peers"
            mount --bind "$peers/usr/libexec" "$root/usr/libexec"
            ldconfig -r "$root"
            exec chroot "$root" "$@"
            """;

    private final Path root;

    private PrivateRoot(Path root) {
        this.root = root;
    }

    /**
     * Makes one.
     *
     * @param home the peer's folder
     * @param users their names; the first has number 901, the next 902
     */
    static PrivateRoot in(Path home, List<String> users) throws IOException {
        PrivateRoot made = new PrivateRoot(Files.createDirectories(home.resolve("root")));
        for (String folder : List.of("usr", "dev", "proc", "peers", "etc", "run", "tmp", "var/spool", "var/log")) {
            made.folder(folder, 0);
        }
        Files.setPosixFilePermissions(made.path("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        for (String link : List.of("bin", "sbin", "lib", "lib64")) {
            if (Files.isDirectory(Path.of("/usr", link))) {
                Files.createSymbolicLink(made.path(link), Path.of("usr", link));
            }
        }
        Files.createSymbolicLink(made.path("var/run"), Path.of("../run"));
        StringBuilder passwd = new StringBuilder("root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n");
        StringBuilder group = new StringBuilder("root:x:0:\nmail:x:8:\nnogroup:x:65534:\n");
        int number = 901;
        for (String user : users) {
            passwd.append(user + ":x:" + number + ":" + number + "::/:/bin/false\n");
            group.append(user + ":x:" + number + ":\n");
            number++;
        }
        made.write("etc/passwd", passwd.toString());
        made.write("etc/group", group.toString());
        made.write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
        made.write("etc/hosts", "127.0.0.1 localhost\n");
        made.write("etc/ld.so.conf", libraries());
        return made;
    }

    /** The folders of the unpacked libraries: one for the kind of this machine. */
    private static String libraries() throws IOException {
        try (Stream<Path> folders = Files.list(UNPACKED.resolve("usr/lib"))) {
            return folders.filter(folder -> folder.toString().endsWith("-linux-gnu"))
                    .map(folder -> "/peers/usr/lib/" + folder.getFileName() + "\n")
                    .reduce("", String::concat);
        }
    }

    /** A file of it, as it is seen from outside. */
    Path path(String inside) {
        return root.resolve(inside);
    }

    /** Writes a file of it. */
    Path write(String inside, String text) throws IOException {
        return Files.writeString(path(inside), text);
    }

    /** Copies a file into it, readable by that user alone. */
    void copy(Path file, String inside, int owner) throws IOException {
        Files.copy(file, path(inside));
        Files.setAttribute(path(inside), "unix:uid", owner);
        Files.setPosixFilePermissions(path(inside), PosixFilePermissions.fromString("rw-------"));
    }

    /** Makes a folder that belongs to that user and group. */
    void folder(String inside, int owner) throws IOException {
        Path folder = Files.createDirectories(path(inside));
        Files.setAttribute(folder, "unix:uid", owner);
        Files.setAttribute(folder, "unix:gid", owner);
    }

    /** Runs a command in it, which writes what it says into the file. */
    Process start(Path output, String... command) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER));
        words.add(root.toString());
        words.add(UNPACKED.toString());
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Ends a peer and the processes it has started. */
    static void end(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        Await.ended(process, STOP_LIMIT);
        children.forEach(ProcessHandle::destroy);
    }
}
