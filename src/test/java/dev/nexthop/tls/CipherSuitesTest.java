package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What suites are worth (RFC 9325 §4). */
class CipherSuitesTest {
    @ParameterizedTest
    @CsvSource({
        "TLS_AES_256_GCM_SHA384,                        1.3, good",
        "TLS_CHACHA20_POLY1305_SHA256,                  1.3, good",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,         1.2, good",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,       1.2, good",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,   1.2, good",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,            1.2, weak",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,       1.2, weak",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,           1.2, weak",
        "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256,           1.2, weak",
        "TLS_RSA_WITH_AES_128_CBC_SHA,                  1.2, forbidden",
        "TLS_RSA_WITH_AES_256_GCM_SHA384,               1.2, forbidden",
        "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256,          1.2, forbidden",
        "TLS_DH_RSA_WITH_AES_128_GCM_SHA256,            1.2, forbidden",
        "TLS_DH_anon_WITH_AES_128_GCM_SHA256,           1.2, forbidden",
        "TLS_ECDH_anon_WITH_AES_128_CBC_SHA,            1.2, forbidden",
        "TLS_ECDHE_RSA_WITH_NULL_SHA,                   1.2, forbidden",
        "TLS_RSA_WITH_NULL_SHA256,                      1.2, forbidden",
        "TLS_ECDHE_RSA_WITH_RC4_128_SHA,                1.2, forbidden",
        "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,           1.2, forbidden",
        "SSL_DHE_RSA_WITH_DES_CBC_SHA,                  1.2, forbidden",
        "SSL_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA,         1.2, forbidden",
        "SSL_RSA_WITH_RC4_128_MD5,                      1.2, forbidden",
    })
    void worthAndVersion(String suite, String version, String worth) {
        assertThat(CipherSuites.version(suite)).hasToString(version);
        String word = switch (CipherSuites.worth(suite)) {
            case CipherSuites.Worth.Good _ -> "good";
            case CipherSuites.Worth.Weak _ -> "weak";
            case CipherSuites.Worth.Forbidden _ -> "forbidden";
        };
        assertThat(word).isEqualTo(worth);
    }

    @Test
    void nothingForbiddenIsOfferedByTheJdk() {
        assertThat(CipherSuites.known())
                .contains("TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
                .noneMatch(suite -> suite.endsWith("SCSV"))
                .noneMatch(suite -> CipherSuites.worth(suite) instanceof CipherSuites.Worth.Forbidden);
    }
}
