package dev.nexthop.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the manual of the configuration from the declarations: {@code docs/configuration.md} and {@code docs/lint.md}. */
public final class Reference {
    private static final Map<String, String> AREAS = areas();

    private final Schema schema = new Schema();

    /** A writer of what this version declares. */
    public Reference() {}

    /**
     * The page of all settings.
     *
     * @return Markdown
     */
    public String configuration() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        Map<String, List<Setting<?>>> byArea = schema.settings().stream()
                .collect(
                        Collectors.groupingBy(setting -> area(setting.key()), LinkedHashMap::new, Collectors.toList()));
        byArea.forEach((area, settings) -> {
            page.append("\n## ").append(AREAS.getOrDefault(area, area)).append('\n');
            settings.forEach(setting -> setting(page, setting));
        });
        page.append(UNSERVED);
        schema.unserved().stream()
                .collect(Collectors.groupingBy(Unserved::code, LinkedHashMap::new, Collectors.toList()))
                .forEach((code, keys) -> page.append("\n### ")
                        .append(code.id())
                        .append('\n')
                        .append(prose(code.why()))
                        .append(' ')
                        .append(prose(code.fix()))
                        .append("\n\n")
                        .append(keys.stream().map(key -> "`" + key.key() + "`").collect(Collectors.joining(", ")))
                        .append('\n'));
        return page.toString();
    }

    /**
     * The page of all problems.
     *
     * @return Markdown
     */
    public String lint() {
        StringBuilder page = new StringBuilder(LINT);
        for (Severity severity : Severity.values()) {
            page.append("\n## ").append(heading(severity)).append('\n');
            Arrays.stream(Code.values())
                    .filter(code -> code.severity() == severity)
                    .forEach(code -> code(page, code));
        }
        return page.toString();
    }

    private static void code(StringBuilder page, Code code) {
        page.append("\n### ").append(code.id()).append('\n');
        page.append(prose(code.why())).append(' ').append(prose(code.fix())).append('\n');
        LintExample.find(code).ifPresent(example -> {
            page.append("\nMakes it:\n```toml\n").append(example.triggers()).append("```\n");
            page.append("\nDoes not:\n```toml\n").append(example.clean()).append("```\n");
        });
    }

    private static String heading(Severity severity) {
        return switch (severity) {
            case ERROR -> "Errors: the configuration is not used";
            case WARNING -> "Warnings: something has no effect yet";
            case LINT -> "Lints: perhaps not what was meant";
        };
    }

    private static String area(Key key) {
        List<String> segments = key.segments();
        String two = segments.getFirst() + (segments.size() > 1 ? "." + segments.get(1) : "");
        return AREAS.containsKey(two) ? two : segments.getFirst();
    }

    private static void setting(StringBuilder page, Setting<?> setting) {
        String text = setting.fallback()
                .text()
                .map(value -> value.isEmpty() ? "empty" : "`" + value + "`")
                .orElse(setting.fallback().words());
        page.append("\n### `").append(setting.key()).append("`\n");
        page.append(setting.manual().prose()).append("\n\n");
        page.append("- Type: ").append(setting.kind().noun());
        page.append(setting.traits().secret() ? "; never shown or logged\n" : "\n");
        page.append("- Default: ").append(text).append('\n');
        String scope = setting.kind().scope();
        if (!scope.isEmpty()) {
            page.append("- Rules may read: ").append(scope).append('\n');
        }
        page.append("- Since: 0.1").append(setting.traits().ours() ? ", not in Stalwart\n" : ", as in Stalwart 0.7\n");
        String last = setting.key().segments().getLast();
        String id = last.equals("<address>") ? "\"192.0.2.10\"" : "hostname";
        String name = last.startsWith("<") ? id : last;
        page.append("- Example: `")
                .append(name)
                .append(" = ")
                .append(setting.manual().example())
                .append("`\n");
    }

    private static String prose(String text) {
        return text.replace("<", "&lt;");
    }

    private static Map<String, String> areas() {
        Map<String, String> areas = new LinkedHashMap<>();
        for (String line : TITLES.strip().split("\n")) {
            int colon = line.indexOf(':');
            areas.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return areas;
    }

    private static final String TITLES = """
            include: Several files
            server: The server
            server.listener: Listeners
            certificate: Certificates
            authentication: The administrator
            log: The log
            session: The inbound session
            queue.outbound: Mail that leaves
            queue.schedule: When mail is tried
            queue.limits: Limits of the queue
            queue.virtual: Virtual queues
            remote: Remote hosts
            storage: Which store for what
            store: Stores
            lookup: Look-up tables
            directory: Directories
            resolver: DNS
            report: Notifications
            test: Tests in the file
            lint: Lints of this configuration
            """;

    private static final String INTRODUCTION = """
            # Every setting

            This page is made from the declarations in the code. A key that is not here is an error.

            - The file is TOML 1.0. A relative path begins at the folder of the file in which it stands.
            - Every text may hold macros: `%{env:NAME}%`, `%{file:/path}%` (without its last line end), `%{cfg:key}%`.
            - Durations have a unit: `500ms`, `30s`, `5m`, `1h`, `3d`. Sizes may have one: `512kb`, `25mb`, `1gb`.
            - A single value is a list of one; `["a", "b"]` and `"['a', 'b']"` are the same list.
            - A setting with "Rules may read" takes a value, an expression in a string, or rules:
              `[ { if = "…", then = "…" }, { else = "…" } ]`. A text inside an expression has its own quotes.
            """;

    private static final String UNSERVED = """

            ## Known and not served yet
            These keys of Stalwart 0.7, and everything below them, are read with a warning and have no effect.
            """;

    private static final String LINT = """
            # What `check` reports

            This page is made from the code. A code never changes its meaning.

            Errors keep a configuration from being used. Warnings and lints don't, and a file may say that it knows them, with the
            reason, or that it does not accept some:
            ```toml
            [lint]
            allow = [{ code = "NH214", reason = "the relay delivers to our own domain" }]
            deny = ["NH236", "NH249"]
            ```
            """;
}
