package dev.nexthop.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A self-signed certificate, as PEM files.
 *
 * @param file the certificate
 * @param key its private key
 */
record Certificate(Path file, Path key) {
    /** Makes one for the name. */
    static Certificate selfSigned(Path folder, String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name + ".pem");
        Path key = folder.resolve(name + ".key");
        Command.in(
                        folder,
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "subjectAltName=DNS:" + name,
                        "-keyout",
                        key.toString(),
                        "-out",
                        file.toString())
                .run()
                .orFail();
        return new Certificate(file, key);
    }

    /** Its SHA-256, as OpenSSL writes it. */
    String fingerprint() throws IOException, InterruptedException {
        String printed = Command.in(
                        Objects.requireNonNull(file.toAbsolutePath().getParent()),
                        "openssl",
                        "x509",
                        "-noout",
                        "-fingerprint",
                        "-sha256",
                        "-in",
                        file.toString())
                .run()
                .orFail()
                .text();
        return printed.substring(printed.indexOf('=') + 1).strip();
    }
}
