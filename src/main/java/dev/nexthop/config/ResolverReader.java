package dev.nexthop.config;

import dev.nexthop.dns.DnssecSettings;
import dev.nexthop.dns.ResolverSettings;
import dev.nexthop.dns.TrustAnchors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads how DNS is asked, and who looks at signatures. */
final class ResolverReader {
    /** A file of trust anchors is some lines long. */
    private static final int MOST_ANCHORS = 64 * 1024;

    private final Values values;

    ResolverReader(Values values) {
        this.values = values;
    }

    ResolverSettings read() {
        SettingsOther.Resolvers type = values.value(SettingsOther.RESOLVER);
        List<InetSocketAddress> custom = values.optional(SettingsOther.CUSTOM).orElse(List.of());
        if (type.custom() && custom.isEmpty()) {
            int at = values.place("resolver");
            if (values.given(SettingsOther.CUSTOM)) {
                if (values.node(SettingsOther.CUSTOM) instanceof Node.Items items
                        && items.items().isEmpty()) {
                    values.wrong(SettingsOther.CUSTOM, Code.VALUE, "resolver.type custom needs a server", "");
                }
            } else {
                values.missing("resolver.custom is not set", at, "write custom = [\"udp://192.0.2.53:53\"]");
            }
        }
        return new ResolverSettings(
                type.custom() ? custom : type.servers(),
                values.value(SettingsOther.TIMEOUT),
                values.value(SettingsOther.ATTEMPTS),
                values.value(SettingsOther.TCP_ON_ERROR),
                values.value(SettingsOther.CACHE),
                new DnssecSettings(
                        values.value(SettingsDnssec.DNSSEC),
                        values.value(SettingsDnssec.TRUSTED),
                        anchors(),
                        values.value(SettingsDnssec.SIGNED),
                        values.value(SettingsDnssec.BOGUS)));
    }

    /** The text of the file, so that a reload sees when it has changed; empty for the anchors that are shipped. */
    private String anchors() {
        Optional<Path> path = RemoteReader.file(values, SettingsDnssec.ANCHORS);
        if (path.isEmpty() || !Files.isRegularFile(path.get())) {
            return "";
        }
        try {
            if (Files.size(path.get()) > MOST_ANCHORS) {
                throw new IOException("it is larger than " + MOST_ANCHORS + " octets");
            }
            String text = Files.readString(path.get(), StandardCharsets.UTF_8);
            TrustAnchors.check(text);
            return text;
        } catch (IOException | IllegalArgumentException e) {
            values.wrong(
                    SettingsDnssec.ANCHORS,
                    Code.UNREADABLE,
                    "'" + path.get() + "' has no trust anchors: " + e.getMessage(),
                    "write lines such as '. IN DS 20326 8 2 E06D…', as IANA publishes them");
            return "";
        }
    }
}
