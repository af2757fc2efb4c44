package dev.nexthop.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The configuration of a server that nobody configured, written as any other. */
final class BuiltIn {
    private static final String RESOURCE = "built-in.toml";
    private static final String SECRET = "@SECRET@";

    private BuiltIn() {}

    static Configuration configuration(Path data, String secret, Surroundings surroundings) {
        byte[] octets = text().replace(SECRET, secret).getBytes(StandardCharsets.UTF_8);
        return switch (Configuration.parse("built-in", octets, data.toAbsolutePath(), surroundings)) {
            case Loaded.Ok ok -> ok.configuration();
            case Loaded.Failed failed ->
                throw new IllegalArgumentException("the built-in configuration: "
                        + failed.problems().getFirst().render());
        };
    }

    static String text() {
        try (InputStream in = BuiltIn.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the program has lost its " + RESOURCE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
