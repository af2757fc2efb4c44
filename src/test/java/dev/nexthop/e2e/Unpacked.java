package dev.nexthop.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs that are installed, or that {@code scripts/peers} has unpacked together with their libraries. */
final class Unpacked {
    private Unpacked() {}

    /** A command that runs such a program to its end. */
    static Command command(Path folder, String... words) throws IOException {
        return new Command(found(words), folder, environment());
    }

    /** Starts such a program, which writes what it says into a file of the folder with its name. */
    static Process start(Network network, Path folder, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(network.entering(found(words)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(words[0] + ".log").toFile()));
        builder.environment().putAll(environment());
        return builder.start();
    }

    /** Whether somebody takes connections there; fails when the process has ended. */
    static boolean listens(Network network, InetSocketAddress address, Process process) throws IOException {
        if (!process.isAlive()) {
            throw new IOException("it ended with " + process.exitValue());
        }
        try (Socket socket = network.connect(address)) {
            return socket.isConnected();
        }
    }

    private static List<String> found(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        for (Path place : List.of(Path.of("/"), PrivateRoot.UNPACKED)) {
            for (String folder : List.of("usr/sbin", "usr/bin")) {
                Path program = place.resolve(folder).resolve(words[0]);
                if (Files.isExecutable(program)) {
                    all.set(0, program.toString());
                    return all;
                }
            }
        }
        throw new IllegalStateException(words[0] + " is neither installed nor unpacked: run scripts/peers");
    }

    private static Map<String, String> environment() throws IOException {
        Path libraries = PrivateRoot.UNPACKED.resolve("usr/lib");
        if (!Files.isDirectory(libraries)) {
            return Map.of();
        }
        try (Stream<Path> folders = Files.list(libraries)) {
            return Map.of(
                    "LD_LIBRARY_PATH",
                    folders.map(Path::toString)
                            .filter(folder -> folder.endsWith("-linux-gnu"))
                            .collect(Collectors.joining(":")));
        }
    }
}
