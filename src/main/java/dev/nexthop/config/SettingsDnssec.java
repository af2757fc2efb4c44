package dev.nexthop.config;

import dev.nexthop.dns.DnssecSettings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The settings of who looks at the signatures of DNS. */
final class SettingsDnssec {
    private static final Pattern NAME =
            Pattern.compile("\\.?|[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*\\.?", Pattern.CASE_INSENSITIVE);

    private static final Plain<String> DNS_NAME =
            new Plain<>("DNS name", "a DNS name such as example.org, or \"\" for none", SettingsDnssec::name);

    static final Setting<DnssecSettings.Mode> DNSSEC = Setting.of(
                    "resolver.dnssec",
                    Kinds.word(modes()),
                    "Who looks at DNSSEC signatures: a trusted resolver by its AD bit, this server itself, or nobody.",
                    "\"validate\"")
            .or("trust-ad")
            .ours();

    static final Setting<List<InetAddress>> TRUSTED = Setting.of(
                    "resolver.trusted",
                    Kinds.ADDRESS.list(),
                    "Resolvers beyond loopback whose AD bit counts; who can change packets on the way to them can forge it.",
                    "[\"192.0.2.53\"]")
            .or("[]")
            .ours();

    static final Setting<Path> ANCHORS = Setting.of(
                    "resolver.trust-anchors",
                    Kinds.PATH,
                    "A file of DS or DNSKEY records that resolver.dnssec = \"validate\" starts from; else the root's keys.",
                    "\"/usr/share/dns/root.ds\"")
            .ours();

    static final Setting<String> SIGNED = Setting.of(
                    "resolver.self-test.signed",
                    DNS_NAME,
                    "A name that is signed: its answer has to be secure, or DANE is off; \"\" skips this test.",
                    "\"org\"")
            .or(DnssecSettings.SIGNED)
            .ours();

    static final Setting<String> BOGUS = Setting.of(
                    "resolver.self-test.bogus",
                    DNS_NAME,
                    "A name with broken signatures: a resolver that answers it is not believed; \"\" skips this test.",
                    "\"\"")
            .or(DnssecSettings.BOGUS)
            .ours();

    private SettingsDnssec() {}

    static List<Setting<?>> all() {
        return List.of(DNSSEC, TRUSTED, ANCHORS, SIGNED, BOGUS);
    }

    private static Map<String, DnssecSettings.Mode> modes() {
        Map<String, DnssecSettings.Mode> words = new LinkedHashMap<>();
        for (DnssecSettings.Mode mode : DnssecSettings.Mode.values()) {
            words.put(mode.name().toLowerCase(Locale.ROOT).replace('_', '-'), mode);
        }
        return words;
    }

    private static @Nullable String name(String text) {
        return text.length() < 254 && NAME.matcher(text).matches() ? text : null;
    }
}
