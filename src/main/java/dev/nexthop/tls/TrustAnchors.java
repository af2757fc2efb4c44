package dev.nexthop.tls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whom to believe: the JDK's certification authorities and those of PEM files. A file is read again when it changes.
 * There are as many entries as combinations of files in the configuration.
 */
final class TrustAnchors {
    private record Loaded(List<FileTime> times, String stamp, X509TrustManager manager) {}

    private final Optional<Path> everywhere;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<List<Path>, Loaded> cache = new HashMap<>();

    TrustAnchors(Optional<Path> everywhere) {
        this.everywhere = everywhere;
    }

    /**
     * The judge of certificate chains.
     *
     * @param ca a further PEM file
     * @throws TlsException when a file can't be read or holds no certificate
     */
    X509TrustManager with(Optional<Path> ca) throws TlsException {
        return loaded(files(ca)).manager();
    }

    /**
     * A text that is another when somebody else is believed: made of the content of the files, and empty when there is
     * none but the JDK's.
     *
     * @param ca a further PEM file
     * @throws TlsException when a file can't be read or holds no certificate
     */
    String stamp(Optional<Path> ca) throws TlsException {
        List<Path> files = files(ca);
        return files.isEmpty() ? "" : loaded(files).stamp();
    }

    private List<Path> files(Optional<Path> ca) {
        List<Path> files = new ArrayList<>();
        everywhere.ifPresent(files::add);
        ca.filter(path -> !files.contains(path)).ifPresent(files::add);
        return files;
    }

    private Loaded loaded(List<Path> files) throws TlsException {
        lock.lock();
        try {
            List<FileTime> times = new ArrayList<>();
            for (Path file : files) {
                times.add(modified(file));
            }
            Loaded known = cache.get(files);
            if (known == null || !known.times().equals(times)) {
                known = load(files, times);
                cache.put(files, known);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private static FileTime modified(Path file) throws TlsException {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Loaded load(List<Path> files, List<FileTime> times) throws TlsException {
        try {
            if (files.isEmpty()) {
                return new Loaded(times, "", manager(null));
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int number = 0;
            for (X509Certificate anchor : manager(null).getAcceptedIssuers()) {
                all.setCertificateEntry("jdk-" + number++, anchor);
            }
            for (Path file : files) {
                for (Certificate anchor : read(file)) {
                    all.setCertificateEntry("file-" + number++, anchor);
                    digest.update(anchor.getEncoded());
                }
            }
            return new Loaded(times, HexFormat.of().formatHex(digest.digest()), manager(all));
        } catch (GeneralSecurityException | IOException e) {
            if (e instanceof TlsException known) {
                throw known;
            }
            throw new TlsException("the trust anchors can't be loaded: " + e.getMessage(), e);
        }
    }

    private static List<Certificate> read(Path file) throws TlsException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            List<Certificate> found =
                    new ArrayList<>(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (found.isEmpty()) {
                throw new TlsException("the file of trust anchors " + file + " holds no PEM certificate");
            }
            return found;
        } catch (TlsException e) {
            throw e;
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(file, e);
        }
    }

    private static TlsException unreadable(Path file, Exception e) {
        return new TlsException("the file of trust anchors " + file + " can't be read: " + e, e);
    }

    private static X509TrustManager manager(@org.jspecify.annotations.Nullable KeyStore store)
            throws GeneralSecurityException, TlsException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new TlsException("this Java has no judge of X.509 certificates");
    }
}
