package dev.nexthop.tls;

import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;

/**
 * How strong the encryption of a connection must be.
 *
 * @param least the oldest version that is spoken
 * @param suites the cipher suites that are offered, of all versions, by the JDK's names; none: the JDK chooses
 */
public record TlsStrength(TlsVersion least, List<String> suites) {
    /** TLS 1.2 or newer, and the JDK chooses (RFC 9325 §3.1.1). */
    public static final TlsStrength DEFAULT = new TlsStrength(TlsVersion.V1_2, List.of());

    /** Copies the list. */
    public TlsStrength {
        suites = List.copyOf(suites);
    }

    /** The versions that are spoken: new enough, and with a suite. None when no suite is of a version that is new enough. */
    public List<TlsVersion> versions() {
        return Arrays.stream(TlsVersion.values())
                .filter(version -> version.compareTo(least) >= 0)
                .filter(version ->
                        suites.isEmpty() || suites.stream().anyMatch(suite -> CipherSuites.version(suite) == version))
                .toList();
    }

    /** Makes a handshake obey. */
    void apply(SSLParameters parameters) {
        parameters.setProtocols(
                versions().reversed().stream().map(TlsVersion::protocol).toArray(String[]::new));
        if (!suites.isEmpty()) {
            parameters.setCipherSuites(suites.toArray(String[]::new));
        }
    }

    /** What is wanted, in words. */
    @Override
    public String toString() {
        List<TlsVersion> versions = versions();
        String version = versions.equals(List.of(TlsVersion.V1_2))
                ? "TLS 1.2 alone"
                : "TLS " + (versions.isEmpty() ? least : versions.getFirst()) + " or newer";
        return version
                + (least == DEFAULT.least() ? "" : " (tls.min-version)")
                + (suites.isEmpty() ? "" : " with a suite of tls.ciphers");
    }
}
