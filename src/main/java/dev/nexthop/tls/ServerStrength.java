package dev.nexthop.tls;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What a listener does not offer of what it could.
 *
 * @param versionsOff versions that are not spoken; not all of them
 * @param suitesOff cipher suites that are not used, by the JDK's names; not all of a version that is spoken
 * @param ownOrder whether the suite that this server likes best is taken, and not the one that the client does
 */
public record ServerStrength(Set<TlsVersion> versionsOff, Set<String> suitesOff, boolean ownOrder) {
    /** All versions, the JDK's suites, in its order. */
    public static final ServerStrength DEFAULT = new ServerStrength(Set.of(), Set.of(), true);

    /** Copies the sets. */
    public ServerStrength {
        versionsOff = Set.copyOf(versionsOff);
        suitesOff = Set.copyOf(suitesOff);
    }

    /** The versions that are spoken: those that are not off, and have a suite that is not. */
    public List<TlsVersion> versions() {
        List<String> left = suites(CipherSuites.known());
        return Arrays.stream(TlsVersion.values())
                .filter(version -> !versionsOff.contains(version))
                .filter(version -> left.stream().anyMatch(suite -> CipherSuites.version(suite) == version))
                .toList();
    }

    /**
     * Makes a handshake obey.
     *
     * @param socket in server mode, before its handshake
     */
    public void apply(SSLSocket socket) {
        SSLParameters parameters = socket.getSSLParameters();
        if (!versionsOff.isEmpty()) {
            parameters.setProtocols(Arrays.stream(TlsVersion.values())
                    .filter(version -> !versionsOff.contains(version))
                    .map(TlsVersion::protocol)
                    .toArray(String[]::new));
        }
        if (!suitesOff.isEmpty()) {
            parameters.setCipherSuites(
                    suites(List.of(parameters.getCipherSuites())).toArray(String[]::new));
        }
        parameters.setUseCipherSuitesOrder(ownOrder);
        socket.setSSLParameters(parameters);
    }

    private List<String> suites(List<String> all) {
        return all.stream().filter(suite -> !suitesOff.contains(suite)).toList();
    }
}
