package dev.nexthop.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.nexthop.dns.TlsaRecord;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Certificates and records that somebody made to keep us busy: as many as TLS and DNS let through, and each leads to each. */
class DaneMazeTest {
    private static final int MOST_RECORDS = 100;
    private static final Duration AT_ONCE = Duration.ofSeconds(15); // Ways through the maze take minutes.

    private final X509Certificate[] maze = new TestChains().maze(10).toArray(X509Certificate[]::new);

    private DaneCheck.Result result(List<TlsaRecord> records) {
        TlsaSet set = new TlsaSet(records, TestChains.HOST, List.of(TestChains.HOST));
        return assertTimeoutPreemptively(AT_ONCE, () -> DaneCheck.of(set, maze));
    }

    @Test
    void digestsThatMatchNothing() {
        List<TlsaRecord> records = IntStream.range(0, MOST_RECORDS)
                .mapToObj(i -> new TlsaRecord(2, i % 2, 1, "%064x".formatted(i)))
                .toList();
        assertThat(result(records)).isInstanceOf(DaneCheck.Result.Refused.class);
    }

    @Test
    void keysThatSignedNothing() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        List<TlsaRecord> records = new ArrayList<>();
        for (int i = 0; i < MOST_RECORDS; i++) {
            byte[] key = generator.generateKeyPair().getPublic().getEncoded();
            records.add(new TlsaRecord(2, 1, 0, HexFormat.of().formatHex(key)));
        }
        assertThat(result(records)).isInstanceOf(DaneCheck.Result.Refused.class);
    }
}
