package dev.nexthop.cli;

import dev.nexthop.dns.TlsaRecord;
import dev.nexthop.tls.TlsaUse;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code nexthop tls tlsa}: the TLSA records of a certificate of ours (RFC 6698 §2.2, RFC 7672 §3.1). */
@Command(
        name = "tlsa",
        description = "Prints the TLSA records to publish for a certificate.",
        footer = {
            "",
            "Publish them in a signed zone only. To change the key, publish the records of the new one beside the old",
            "ones, wait until the old answer is nowhere kept any more (twice the TTL), use the new key, and then take",
            "the old records away. A record 3 1 1 holds as long as the key; renew certificates with the same key. A",
            "record 2 1 1 holds as long as the authority; the server must send the authority's certificate, and its own",
            "must name the host.",
            "",
            "Example: nexthop tls tlsa --cert /etc/nexthop/mail.pem --host mx.example.org"
        })
final class TlsaCommand implements Callable<Integer> {
    private static final String DIGEST = "1";

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            required = true,
            description = "PEM file with the certificate, perhaps followed by those above it")
    Path file = Path.of("");

    @Option(
            names = "--chain",
            paramLabel = "FILE",
            description = "PEM file with the certificates above it; the last one's 2 1 1 is printed too")
    @Nullable
    Path chain;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            defaultValue = "mx.example.org",
            description = "the name of the MX host")
    String host = "";

    @Option(names = "--port", paramLabel = "N", defaultValue = "25", description = "the port; 25 for mail from others")
    int port;

    @Option(
            names = "--usage",
            paramLabel = "N",
            defaultValue = "3",
            description = "3, the host's own certificate (the default), or 2, the authority above it")
    int usage;

    @Option(
            names = "--selector",
            paramLabel = "N",
            defaultValue = "1",
            description = "1, the public key (the default), or 0, the whole certificate")
    int selector;

    @Option(
            names = "--matching",
            paramLabel = "N",
            defaultValue = DIGEST,
            description = "1, SHA-256 (the default), 2, SHA-512, or 0, the thing itself")
    int matching;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        if (!host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\\.?") || host.length() > 254) {
            throw output.usage("--host: '" + host + "' is not a host name");
        }
        if (port < 1 || port > 65_535) {
            throw output.usage("--port: " + port + " is not a port from 1 to 65535");
        }
        List<X509Certificate> own = read("--cert", file);
        List<X509Certificate> above = chain == null ? own.subList(1, own.size()) : read("--chain", chain);
        List<TlsaRecord> records = records(own.getFirst(), above);
        String name = "_" + port + "._tcp." + (host.endsWith(".") ? host : host + ".");
        PrintWriter out = output.out();
        if (output.json) {
            out.println(json(name, records).toPrettyString());
        } else {
            records.forEach(record -> out.println(name + " 3600 IN TLSA " + record));
        }
        out.flush();
        return 0;
    }

    private List<TlsaRecord> records(X509Certificate own, List<X509Certificate> above) {
        List<TlsaRecord> records = new ArrayList<>();
        try {
            if (usage == 2 && above.isEmpty()) {
                throw output.usage("--usage 2 is of the authority: name its certificate with --chain");
            }
            records.add(TlsaUse.of(usage, selector, matching, usage == 2 ? above.getLast() : own));
            if (usage != 2 && chain != null) {
                records.add(TlsaUse.of(2, 1, 1, above.getLast()));
            }
        } catch (IllegalArgumentException e) {
            throw output.usage(String.valueOf(e.getMessage()));
        }
        return records;
    }

    private List<X509Certificate> read(String option, Path from) {
        List<X509Certificate> found = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(from))) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (one instanceof X509Certificate x509) {
                    found.add(x509);
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw output.usage(option + ": " + from + " can't be read as PEM certificates: " + e.getMessage());
        }
        if (found.isEmpty()) {
            throw output.usage(option + ": " + from + " holds no PEM certificate");
        }
        return found;
    }

    private static ObjectNode json(String name, List<TlsaRecord> records) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name);
        ArrayNode values = json.putArray("records");
        records.forEach(record -> values.add(record.toString()));
        return json;
    }
}
