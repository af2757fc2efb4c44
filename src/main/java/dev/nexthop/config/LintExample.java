package dev.nexthop.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A lint with a file that makes it and one that does not, from {@code lints/NH123.toml}: comments {@code # why:} and
 * {@code # fix:}, when the code itself does not say so, then the files behind {@code # triggers} and {@code # clean}.
 *
 * @param why why it is a problem; empty when the code says so
 * @param fix what to do; empty when the code says so
 * @param triggers a configuration that makes the lint
 * @param clean the same without it
 */
record LintExample(String why, String fix, String triggers, String clean) {
    private static final String WHY = "# why: ";
    private static final String FIX = "# fix: ";

    /** The example of a code that must have one. */
    static LintExample of(Code code) {
        return find(code).orElseThrow(() -> new IllegalStateException("the program has no example of " + code.id()));
    }

    static Optional<LintExample> find(Code code) {
        String name = "lints/" + code.id() + ".toml";
        try (InputStream in = LintExample.class.getResourceAsStream(name)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LintExample parse(String text) {
        String why = "";
        String fix = "";
        List<StringBuilder> parts = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.equals("# triggers") || line.equals("# clean")) {
                parts.add(new StringBuilder());
            } else if (!parts.isEmpty()) {
                parts.getLast().append(line).append('\n');
            } else if (line.startsWith(WHY)) {
                why = line.substring(WHY.length());
            } else if (line.startsWith(FIX)) {
                fix = line.substring(FIX.length());
            }
        }
        return new LintExample(why, fix, part(parts, 0), part(parts, 1));
    }

    private static String part(List<StringBuilder> parts, int index) {
        return index < parts.size() ? parts.get(index).toString().strip() + "\n" : "";
    }
}
