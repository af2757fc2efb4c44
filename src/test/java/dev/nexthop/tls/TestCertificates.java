package dev.nexthop.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certification authority for tests, and servers that it vouches for. */
public final class TestCertificates {
    private static final char[] PASSWORD = "test".toCharArray();
    private static long serial = 1;

    private final KeyPair keys = keys();
    private final X509Certificate certificate;

    /** A fresh authority. */
    public TestCertificates() {
        X500Name name = new X500Name("CN=Test CA");
        certificate = sign(new Subject(name, keys, List.of(), 0, 365), name, keys, true);
    }

    private record Subject(X500Name name, KeyPair keys, List<String> names, int fromDay, int toDay) {}

    /** A server's side of TLS with a certificate of this authority for names and IP addresses. */
    public SSLContext server(String... names) {
        return serverValid(-1, 90, names);
    }

    /** The same, valid from and to so many days from now. */
    public SSLContext serverValid(int fromDay, int toDay, String... names) {
        KeyPair own = keys();
        Subject subject = new Subject(new X500Name("CN=server"), own, List.of(names), fromDay, toDay);
        X509Certificate leaf = sign(subject, new X500Name("CN=Test CA"), keys, false);
        return context(own, leaf, certificate);
    }

    /** One of our own certificates for names, with its key. */
    ServerCertificates.Identity identity(boolean preferred, String... names) {
        KeyPair own = keys();
        Subject subject = new Subject(new X500Name("CN=" + names[0]), own, List.of(names), -1, 90);
        X509Certificate leaf = sign(subject, new X500Name("CN=Test CA"), keys, false);
        return new ServerCertificates.Identity(List.of(leaf, certificate), own.getPrivate(), preferred);
    }

    /** A certificate of ours to show to servers. */
    public ClientIdentity client(String name) {
        ServerCertificates.Identity identity = identity(false, name);
        return new ClientIdentity(identity.chain(), identity.key());
    }

    /** A server's side that knows this authority when clients show a certificate. */
    public SSLContext serverThatKnowsClients(String... names) {
        KeyPair own = keys();
        Subject subject = new Subject(new X500Name("CN=server"), own, List.of(names), -1, 90);
        X509Certificate leaf = sign(subject, new X500Name("CN=Test CA"), keys, false);
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            return context(trust.getTrustManagers(), own, leaf, certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server with a certificate that it made for itself. */
    public static SSLContext selfSigned(String... names) {
        KeyPair own = keys();
        X500Name name = new X500Name("CN=self");
        return context(own, sign(new Subject(name, own, List.of(names), -1, 90), name, own, false));
    }

    /** The authority as a PEM file. */
    public Path pem(Path directory) throws IOException, GeneralSecurityException {
        return Files.writeString(directory.resolve("ca.pem"), pem("CERTIFICATE", certificate.getEncoded()));
    }

    /** A certificate for names as the PEM file {@code server.pem}, and its key as {@code server.key} beside it. */
    public void serverPem(Path directory, String... names) throws IOException, GeneralSecurityException {
        ServerCertificates.Identity identity = identity(false, names);
        byte[] leaf = identity.chain().getFirst().getEncoded();
        Files.writeString(directory.resolve("server.pem"), pem("CERTIFICATE", leaf));
        Files.writeString(
                directory.resolve("server.key"),
                pem("PRIVATE KEY", identity.key().getEncoded()));
    }

    private static String pem(String kind, byte[] octets) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(Subject subject, X500Name issuer, KeyPair issuerKeys, boolean authority) {
        try {
            Instant now = Instant.now();
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(serial++),
                    Date.from(now.plus(subject.fromDay(), ChronoUnit.DAYS).minus(1, ChronoUnit.HOURS)),
                    Date.from(now.plus(subject.toDay(), ChronoUnit.DAYS)),
                    subject.name(),
                    subject.keys().getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!subject.names().isEmpty()) {
                GeneralName[] names = subject.names().stream()
                        .map(name -> new GeneralName(
                                ServerIdentity.literal(name) == null ? GeneralName.dNSName : GeneralName.iPAddress,
                                name))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext context(KeyPair keys, X509Certificate... chain) {
        return context(null, keys, chain);
    }

    private static SSLContext context(TrustManager @Nullable [] trust, KeyPair keys, X509Certificate... chain) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", keys.getPrivate(), PASSWORD, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), trust, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
