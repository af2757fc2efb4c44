package dev.nexthop.config;

import java.util.List;

/** The settings of {@code check} itself. */
final class SettingsLint {
    static final Setting<List<LintPolicy.Named>> ALLOW = Setting.of(
                    "lint.allow",
                    new LintPolicy.NamedKind(),
                    "Lints and warnings that are known and meant, each with the reason; errors can't be allowed.",
                    "[{ code = \"NH214\", reason = \"the relay delivers to our own domain\" }]")
            .or("[]")
            .ours();

    static final Setting<List<LintPolicy.Named>> DENY = Setting.of(
                    "lint.deny",
                    new LintPolicy.NamedKind(),
                    "Lints and warnings that are errors in this configuration.",
                    "[\"NH236\", \"NH249\"]")
            .or("[]")
            .ours();

    private SettingsLint() {}

    static List<Setting<?>> all() {
        return List.of(ALLOW, DENY);
    }
}
