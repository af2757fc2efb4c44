package dev.nexthop.cli;

import dev.nexthop.directory.Password;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

/**
 * The one account of the built-in configuration. Its password is made at the first start and printed once; its hash
 * stays in the data folder.
 */
final class FirstAccount {
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 20;
    private static final String NAME = "you.hash";

    /** Stands in until the first start makes a password: only commands see it, and none of them checks passwords. */
    private static final String NOBODY = "$2b$10$7EqJtq98hPqEX7fNZaFWoOhi5BWXMO5q5wQF5q4l0z1n7vO3c9u8y";

    private FirstAccount() {}

    /** The hash of the password; before the first start something that no password fits. */
    static String hash(Path folder) {
        Path file = folder.resolve(NAME);
        try {
            return Files.exists(file) ? Files.readString(file).strip() : NOBODY;
        } catch (IOException e) {
            throw new CommandFailure(file + " can't be read: " + e.getMessage());
        }
    }

    /** Makes the password at the first start, and prints it. */
    static void prepare(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME);
        if (Files.exists(file)) {
            return;
        }
        char[] password = password();
        String hash = Password.hash(password);
        try (var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(StandardCharsets.US_ASCII.encode(hash + "\n"));
        }
        System.err.println("nexthop: no configuration found, so this is the built-in one, on loopback only");
        System.err.println("nexthop: account you@example.org, password " + new String(password) + " (shown this once)");
    }

    private static char[] password() {
        SecureRandom random = new SecureRandom();
        char[] password = new char[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            password[i] = LETTERS.charAt(random.nextInt(LETTERS.length()));
        }
        return password;
    }
}
