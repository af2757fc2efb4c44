package dev.nexthop.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code lint.allow} and {@code lint.deny}: what a file says about its own lints. Errors can't be allowed. */
final class LintPolicy {
    private final Values values;
    private final Problems problems;

    LintPolicy(Values values) {
        this.values = values;
        this.problems = values.problems();
    }

    /**
     * A code that the file names.
     *
     * @param code the code
     * @param at where it is written
     * @param reason why it is allowed; null when nobody says
     */
    record Named(Code code, Node.Scalar at, @Nullable String reason) {}

    /** Takes away what is allowed and refuses what is denied. The last step of a load. */
    void apply() {
        List<Named> allowed = values.optional(SettingsLint.ALLOW).orElse(List.of());
        List<Named> denied = values.optional(SettingsLint.DENY).orElse(List.of());
        boolean whole = !problems.hasErrors();
        for (Named named : allowed) {
            if (named.reason() == null || named.reason().isBlank()) {
                String hint = "write { code = \"" + named.code().id() + "\", reason = \"…\" }";
                say(named, Code.ALLOWED_SILENTLY, named.code().id() + " is allowed without a reason", hint);
            }
        }
        for (Named named : allowed) {
            if (problems.remove(named.code()) == 0 && whole && named.code() != Code.ALLOWED_IN_VAIN) {
                say(named, Code.ALLOWED_IN_VAIN, named.code().id() + " does not occur in this configuration", "");
            }
        }
        if (allowed.stream().anyMatch(named -> named.code() == Code.ALLOWED_IN_VAIN)) {
            problems.remove(Code.ALLOWED_IN_VAIN);
        }
        for (Named named : denied) {
            for (Problem problem : problems.of(named.code())) {
                problems.remove(problem);
                problems.add(new Problem(
                        Code.DENIED,
                        problem.span(),
                        problem.message() + " (" + named.code().id() + ", which lint.deny names)",
                        problem.hint(),
                        problem.related()));
            }
        }
    }

    private void say(Named named, Code code, String message, String hint) {
        new Reading("lint.allow", false, java.util.Set.of(), problems).wrong(named.at(), code, message, hint);
    }

    /** A list of codes, each a text or a table with its reason. */
    record NamedKind() implements Kind<List<Named>> {
        private static final Map<String, Code> CODES = codes();

        @Override
        public String noun() {
            return "list of codes, each a text or a table of code and reason";
        }

        @Override
        public @Nullable List<Named> read(Node node, Reading reading) {
            List<Named> all = new ArrayList<>();
            List<Node> nodes = node instanceof Node.Items items ? items.items() : List.of(node);
            for (Node one : nodes) {
                switch (one) {
                    case Node.Scalar scalar -> code(scalar, null, reading).ifPresent(all::add);
                    case Node.Table table -> table(table, reading).ifPresent(all::add);
                    case Node.Items items -> reading.shape(items, noun());
                    case Node.Broken _ -> {}
                }
            }
            return List.copyOf(all);
        }

        private static Optional<Named> table(Node.Table table, Reading reading) {
            for (Node.Entry entry : table.entries().values()) {
                if (!entry.key().equals("code") && !entry.key().equals("reason")) {
                    reading.problems()
                            .addKey(
                                    Code.UNKNOWN_KEY,
                                    entry.keyAt(),
                                    entry.key().length(),
                                    "there is no setting " + reading.key() + "." + entry.key(),
                                    "here may stand: code, reason");
                }
            }
            Node.Entry code = table.entries().get("code");
            Node.Entry reason = table.entries().get("reason");
            if (code == null || !(code.node() instanceof Node.Scalar scalar)) {
                reading.problems()
                        .addKey(Code.MISSING, table.at(), 1, reading.key() + " has an entry without a code", "");
                return Optional.empty();
            }
            return code(
                    scalar,
                    reason != null && reason.node() instanceof Node.Scalar words ? words.text() : null,
                    reading);
        }

        private static Optional<Named> code(Node.Scalar scalar, @Nullable String reason, Reading reading) {
            String word = scalar.text().strip().toUpperCase(Locale.ROOT);
            Code code = CODES.get(word);
            if (code == null) {
                String near = Nearest.to(word, CODES.keySet());
                String hint = near == null ? "docs/lint.md lists them" : "did you mean " + near + "?";
                reading.wrong(scalar, Code.VALUE, reading.shown(scalar) + " is not the code of a lint", hint);
                return Optional.empty();
            }
            if (code.severity() == Severity.ERROR) {
                String message = code.id() + " is an error, which can't be allowed or denied";
                reading.wrong(scalar, Code.VALUE, message, code.fix());
                return Optional.empty();
            }
            return Optional.of(new Named(code, scalar, reason));
        }

        private static Map<String, Code> codes() {
            Map<String, Code> codes = new LinkedHashMap<>();
            Arrays.stream(Code.values()).forEach(code -> codes.put(code.id(), code));
            return codes;
        }
    }
}
