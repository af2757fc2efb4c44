package dev.nexthop.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The secret that the server leaves in its data folder for commands on the same machine. Only the server's user can
 * read it, so who can read it may administrate.
 */
public final class TokenFile {
    private static final String NAME = "admin.token";
    private static final int OCTETS = 32;
    private static final int LONGEST = 1_024;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private TokenFile() {}

    /**
     * The token of an installation, made when there is none.
     *
     * @param folder the data folder, made when missing
     * @throws IOException when the file can't be read or written
     */
    public static String readOrCreate(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME);
        byte[] random = new byte[OCTETS];
        new SecureRandom().nextBytes(random);
        try (var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            String token = HexFormat.of().formatHex(random);
            channel.write(java.nio.ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.US_ASCII)));
            return token;
        } catch (FileAlreadyExistsException e) {
            return read(folder)
                    .orElseThrow(
                            () -> new IOException(file + " holds no token: remove it, and the server makes another"));
        }
    }

    /**
     * The token that a server left.
     *
     * @param folder its data folder
     * @return empty when there is none
     * @throws IOException when the file is there but can't be read
     */
    public static Optional<String> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + " is no token file");
        }
        String token = Files.readString(file).strip();
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }
}
