package dev.nexthop.tls;

import dev.nexthop.dns.TlsaRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of the table of DANE.
 *
 * @param mx what DNSSEC says of the MX records
 * @param addresses of the addresses, and whether the host is an alias
 * @param tlsa the TLSA records; {@code target: …; own: …} for an alias
 * @param certificate a kind of {@link TestChains}
 * @param dane the setting
 * @param expected what comes of it
 * @param rule by which section
 * @param title of its part of the table
 */
public record DaneCell(
        String mx,
        String addresses,
        String tlsa,
        String certificate,
        String dane,
        String expected,
        String rule,
        String title) {
    private static final Path TABLE = Path.of("src/test/resources/dev/nexthop/tls/dane-matrix.txt");

    /** All rows. */
    public static List<DaneCell> all() throws IOException {
        List<DaneCell> cells = new ArrayList<>();
        String title = "";
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("= ")) {
                title = line.substring(2);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                String[] f = line.split(" \\| ");
                cells.add(new DaneCell(f[0], f[1], f[2], f[3], f[4], f[5], f[6], title));
            }
        }
        return cells;
    }

    /** A record such as {@code 3 1 1 leaf}. */
    public static TlsaRecord record(String text, TestChains.Chain chain) {
        String[] f = text.split(" ");
        int selector = Integer.parseInt(f[1]);
        int matching = Integer.parseInt(f[2]);
        String hex = switch (f[3]) {
            case "short" -> "00".repeat(20);
            case "empty" -> "";
            case "garbage" -> "30820100deadbeef";
            default ->
                TlsaUse.of(3, Math.min(selector, 1), Math.min(matching, 2), chain.part(f[3]))
                        .hex();
        };
        return new TlsaRecord(Integer.parseInt(f[0]), selector, matching, hex);
    }

    @Override
    public String toString() {
        return String.join(" | ", mx, addresses, tlsa, certificate, dane);
    }
}
