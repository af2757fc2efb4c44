package dev.nexthop.config;

import dev.nexthop.delivery.OutboundSettings;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Value;
import dev.nexthop.tls.ServerStrength;
import dev.nexthop.tls.TlsStrength;
import dev.nexthop.tls.TlsVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads which versions and cipher suites of TLS are used. */
final class StrengthReader {
    private final Values values;

    StrengthReader(Values values) {
        this.values = values;
    }

    /** To MX hosts. */
    OutboundSettings.Strength outbound() {
        Conditional<TlsVersion> least = values.value(SettingsTls.LEAST);
        List<String> suites = values.value(SettingsTls.SUITES);
        boolean fits = true;
        for (Rule rule : least.rules().rules()) {
            Optional<TlsVersion> wanted = Constants.value(rule.then()).flatMap(StrengthReader::version);
            // What a look-up gives can't be known; the mail then waits, and says why.
            fits = fits
                    && wanted.map(version -> fits(version, suites, SettingsTls.SUITES))
                            .orElse(true);
        }
        if (fits) {
            newest(suites, SettingsTls.SUITES);
        }
        return new OutboundSettings.Strength(least, suites);
    }

    /** To a configured host. */
    TlsStrength remote(String id) {
        TlsVersion least = values.value(SettingsTls.REMOTE_LEAST, id);
        List<String> suites = values.value(SettingsTls.REMOTE_SUITES, id);
        if (fits(least, suites, SettingsTls.REMOTE_SUITES, id)) {
            newest(suites, SettingsTls.REMOTE_SUITES, id);
        }
        return new TlsStrength(least, suites);
    }

    /** Of a listener. */
    ServerStrength listener(String id) {
        List<TlsVersion> versions = values.value(SettingsTls.VERSIONS_OFF);
        List<String> suites = values.value(SettingsTls.SUITES_OFF);
        boolean order = values.value(SettingsTls.OWN_ORDER);
        ServerStrength strength = new ServerStrength(
                Set.copyOf(values.valueOr(
                        SettingsTls.LISTENER_VERSIONS_OFF,
                        versions,
                        versions.stream().map(TlsVersion::protocol).collect(Collectors.joining(", ", "[", "]")),
                        id)),
                Set.copyOf(values.valueOr(SettingsTls.LISTENER_SUITES_OFF, suites, suites.toString(), id)),
                values.valueOr(SettingsTls.LISTENER_OWN_ORDER, order, Boolean.toString(order), id));
        if (strength.versions().isEmpty()) {
            boolean own = values.given(SettingsTls.LISTENER_SUITES_OFF, id);
            boolean bySuites = strength.versionsOff().size() < TlsVersion.values().length;
            Setting<?> setting = bySuites
                    ? own ? SettingsTls.LISTENER_SUITES_OFF : SettingsTls.SUITES_OFF
                    : values.given(SettingsTls.LISTENER_VERSIONS_OFF, id)
                            ? SettingsTls.LISTENER_VERSIONS_OFF
                            : SettingsTls.VERSIONS_OFF;
            String[] ids = setting.key().pattern().contains("<id>") ? new String[] {id} : new String[0];
            values.wrong(
                    setting,
                    Code.VALUE,
                    "nothing is left that '" + id + "' could speak TLS with",
                    "leave something, or write tls.enable = false",
                    ids);
        }
        return strength;
    }

    private boolean fits(TlsVersion least, List<String> suites, Setting<?> setting, String... ids) {
        boolean fits = !new TlsStrength(least, suites).versions().isEmpty();
        if (!fits) {
            values.wrong(
                    setting,
                    Code.VALUE,
                    "no suite of the list is one of TLS " + least + ", and tls.min-version wants that",
                    "add TLS_AES_256_GCM_SHA384 and TLS_AES_128_GCM_SHA256",
                    ids);
        }
        return fits;
    }

    private void newest(List<String> suites, Setting<?> setting, String... ids) {
        if (!new TlsStrength(TlsVersion.V1_2, suites).versions().contains(TlsVersion.V1_3)) {
            values.wrong(
                    setting,
                    Code.CIPHERS_WITHOUT_NEWEST,
                    "no suite of the list is one of TLS 1.3, so that TLS 1.3 is never spoken",
                    "add TLS_AES_256_GCM_SHA384 and TLS_AES_128_GCM_SHA256",
                    ids);
        }
    }

    private static Optional<TlsVersion> version(Value value) {
        return Arrays.stream(TlsVersion.values())
                .filter(one -> one.toString().equals(value.asText()))
                .findFirst();
    }
}
