package dev.nexthop.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Chains of every kind: a root, an intermediate authority and a server, as they should be or with one thing wrong. */
public final class TestChains {
    /** The host that connections are meant for, the domain whose MX host it is, and what it is an alias of. */
    public static final String HOST = "mx.dest.example";

    public static final String DOMAIN = "dest.example";
    public static final String TARGET = "mx.target.example";

    private static final X500Name ROOT = new X500Name("CN=Root");
    private static final X500Name TOP = new X500Name("CN=Top");
    private static final X500Name MIDDLE = new X500Name("CN=Middle");
    private static final X500Name LEAF = new X500Name("CN=leaf");

    private final String host;
    private final String domain;
    private final String target;
    private final AtomicLong serial = new AtomicLong(1);
    private final KeyPair rootKeys = keys();
    private final KeyPair middleKeys = keys();
    private final KeyPair leafKeys = keys();
    private final KeyPair otherKeys = keys();
    private final X509Certificate root = sign(ROOT, rootKeys, ROOT, rootKeys, Form.AUTHORITY);
    private final X509Certificate middle = sign(MIDDLE, middleKeys, ROOT, rootKeys, Form.AUTHORITY);
    private final Map<String, Chain> chains = new HashMap<>();

    /** For {@link #HOST} and its domain. */
    public TestChains() {
        this(HOST, DOMAIN, TARGET);
    }

    /** For a host of a domain, which may be an alias of a target. */
    public TestChains(String host, String domain, String target) {
        this.host = host;
        this.domain = domain;
        this.target = target;
    }

    /** A certificate's particulars. */
    private record Form(boolean authority, int fromDay, int toDay, List<String> names, boolean clientOnly) {
        static final Form AUTHORITY = new Form(true, -10, 90, List.of(), false);

        static Form server(String... names) {
            return new Form(false, -10, 90, Arrays.asList(names), false);
        }

        Form valid(int from, int to) {
            return new Form(authority, from, to, names, clientOnly);
        }
    }

    /**
     * What a server shows.
     *
     * @param context its side of TLS
     * @param sent the certificates that it sends, its own first
     * @param parts certificates by name: {@code leaf}, {@code middle}, {@code root}, {@code other}
     */
    public record Chain(SSLContext context, List<X509Certificate> sent, Map<String, X509Certificate> parts) {
        public X509Certificate part(String name) {
            X509Certificate found = parts.get(name);
            if (found == null) {
                throw new IllegalArgumentException("no certificate " + name);
            }
            return found;
        }
    }

    /** The chain of a kind, see {@link #make}. */
    public Chain of(String kind) {
        return chains.computeIfAbsent(kind, this::make);
    }

    private Chain make(String kind) {
        X509Certificate good = leaf(Form.server(host));
        return switch (kind) {
            case "good" -> chain(good, middle, root);
            case "without root" -> chain(good, middle);
            case "leaf alone" -> chain(good);
            case "expired" -> chain(leaf(Form.server(host).valid(-9, -1)), middle, root);
            case "not yet valid" -> chain(leaf(Form.server(host).valid(5, 9)), middle, root);
            case "other name" -> chain(leaf(Form.server("other.example")), middle, root);
            case "no name" -> chain(leaf(Form.server()), middle, root);
            case "next-hop name" -> chain(leaf(Form.server(domain)), middle, root);
            case "wildcard" -> chain(leaf(Form.server("*." + domain)), middle, root);
            case "target name" -> chain(leaf(Form.server(target)), middle, root);
            case "self-signed" -> chain(sign(LEAF, leafKeys, LEAF, leafKeys, Form.server(host)));
            case "self-signed, expired, other name" ->
                chain(sign(
                        LEAF, leafKeys, LEAF, leafKeys, Form.server("x.example").valid(-9, -1)));
            case "middle expired" ->
                chain(good, sign(MIDDLE, middleKeys, ROOT, rootKeys, Form.AUTHORITY.valid(-9, -1)), root);
            case "root expired" ->
                chain(good, middle, sign(ROOT, rootKeys, ROOT, rootKeys, Form.AUTHORITY.valid(-9, -1)));
            case "middle no authority" -> chain(good, sign(MIDDLE, middleKeys, ROOT, rootKeys, Form.server()), root);
            case "forged" -> chain(sign(LEAF, leafKeys, MIDDLE, otherKeys, Form.server(host)), middle, root);
            case "two ways" -> // The first, expired one leads to the same certificate as the second.
                chain(
                        good,
                        sign(MIDDLE, middleKeys, ROOT, rootKeys, Form.AUTHORITY.valid(-9, -1)),
                        middle,
                        sign(ROOT, rootKeys, TOP, otherKeys, Form.AUTHORITY),
                        sign(TOP, otherKeys, TOP, otherKeys, Form.AUTHORITY));
            case "for clients" -> chain(leaf(new Form(false, -10, 90, List.of(host), true)), middle, root);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** Authorities of one name and one key, each of which may have issued each other. */
    List<X509Certificate> maze(int length) {
        return Stream.generate(() -> sign(MIDDLE, middleKeys, MIDDLE, middleKeys, Form.AUTHORITY))
                .limit(length)
                .toList();
    }

    private X509Certificate leaf(Form form) {
        return sign(LEAF, leafKeys, MIDDLE, middleKeys, form);
    }

    private Chain chain(X509Certificate... sent) {
        X509Certificate other = sign(new X500Name("CN=Other"), otherKeys, ROOT, rootKeys, Form.AUTHORITY);
        Map<String, X509Certificate> parts = Map.of(
                "leaf",
                sent[0],
                "middle",
                sent.length > 1 ? sent[1] : middle,
                "root",
                sent.length > 2 ? sent[2] : root,
                "other",
                other);
        try {
            ServerCertificates.Identity identity =
                    new ServerCertificates.Identity(List.of(sent), leafKeys.getPrivate(), true);
            return new Chain(ServerCertificates.context(List.of(identity)), List.of(sent), parts);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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

    private X509Certificate sign(X500Name name, KeyPair own, X500Name issuer, KeyPair issuerKeys, Form form) {
        try {
            Instant now = Instant.now();
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(serial.getAndIncrement()),
                    Date.from(now.plus(form.fromDay(), ChronoUnit.DAYS)),
                    Date.from(now.plus(form.toDay(), ChronoUnit.DAYS)),
                    name,
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(form.authority()));
            if (!form.names().isEmpty()) {
                GeneralName[] names = form.names().stream()
                        .map(one -> new GeneralName(GeneralName.dNSName, one))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            if (form.clientOnly()) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
