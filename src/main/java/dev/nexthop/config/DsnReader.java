package dev.nexthop.config;

import dev.nexthop.dsn.DsnSettings;
import dev.nexthop.dsn.Languages;
import dev.nexthop.expr.Conditional;
import dev.nexthop.expr.Expression;
import dev.nexthop.expr.Rule;
import dev.nexthop.expr.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads who tells senders what became of their mail, and in which words. */
final class DsnReader {
    /** How many languages a folder may have. */
    static final int MAX_FILES = 100;

    /** How long a file of templates may be. */
    static final int MAX_OCTETS = 64 * 1024;

    private static final String END = ".txt";

    private final Values values;

    DsnReader(Values values) {
        this.values = values;
    }

    /** Reads everything; where nothing is written, the host speaks from the domain. */
    DsnSettings read(String hostname, String domain) {
        String from = "MAILER-DAEMON@" + domain;
        int errors = values.problems().errors();
        Languages languages = languages();
        Conditional<String> language = values.value(SettingsOther.LANGUAGE);
        if (values.problems().errors() == errors) {
            language.rules().rules().stream().map(Rule::then).forEach(then -> spoken(then, languages));
        }
        return new DsnSettings(
                values.value(SettingsOther.FROM_NAME),
                values.valueOr(SettingsOther.FROM_ADDRESS, Conditional.constant(from), "'" + from + "'"),
                values.valueOr(SettingsOther.SUBMITTER, Conditional.constant(hostname), "'" + hostname + "'"),
                language,
                languages);
    }

    /** Says so when a rule names a language that nobody has written. */
    private void spoken(Expression then, Languages languages) {
        Optional<Value> value = Constants.value(then);
        if (value.isPresent() && value.get() instanceof Value.Text(String tag) && !languages.speaks(tag)) {
            values.wrong(
                    SettingsOther.LANGUAGE,
                    Code.VALUE,
                    "there are no templates in the language '" + tag + "'",
                    "there are " + String.join(", ", languages.tags()) + "; report.dsn.templates adds others");
        }
    }

    private Languages languages() {
        Optional<Path> folder = values.optional(SettingsOther.TEMPLATES)
                .map(path -> values.resolve(path, SettingsOther.TEMPLATES).normalize());
        if (folder.isEmpty()) {
            return Languages.builtIn();
        }
        List<Languages.Source> sources = new ArrayList<>();
        try {
            for (Path file : files(folder.get())) {
                source(file).ifPresent(sources::add);
            }
        } catch (IOException e) {
            values.wrong(
                    SettingsOther.TEMPLATES,
                    Code.UNREADABLE,
                    "the folder " + folder.get() + " can't be read: " + ConfigFile.reason(e),
                    "");
        }
        Languages.Read read = Languages.read(sources);
        read.faults().forEach(fault -> wrong(fault.file(), fault.line(), fault.message(), fault.hint()));
        return read.languages();
    }

    private List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(file -> file.getFileName().toString().endsWith(END))
                    .sorted()
                    .limit(MAX_FILES + 1L)
                    .toList();
            if (files.size() > MAX_FILES) {
                values.wrong(
                        SettingsOther.TEMPLATES,
                        Code.TEMPLATE,
                        "the folder has more than " + MAX_FILES + " files that end with " + END,
                        "keep one file a language there, and nothing else");
                return List.of();
            }
            return files;
        }
    }

    private Optional<Languages.Source> source(Path file) {
        String name = file.getFileName().toString();
        String tag = name.substring(0, name.length() - END.length());
        if (!Languages.isTag(tag)) {
            wrong(file.toString(), 1, "'" + tag + "' is no tag of a language", "call the file de.txt, pt-br.txt or so");
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(MAX_OCTETS + 1);
            if (octets.length > MAX_OCTETS) {
                wrong(file.toString(), 1, "the file is longer than " + MAX_OCTETS + " octets", "");
                return Optional.empty();
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
            return Optional.of(new Languages.Source(file.toString(), tag, text));
        } catch (CharacterCodingException e) {
            wrong(file.toString(), 1, "the file is not UTF-8", "save it as UTF-8");
        } catch (IOException e) {
            wrong(file.toString(), 1, "the file can't be read: " + ConfigFile.reason(e), "");
        }
        return Optional.empty();
    }

    private void wrong(String file, int line, String message, String hint) {
        Problem.Span place = new Problem.Span(new Origin(file, line, 1), 1, "");
        values.problems().add(new Problem(Code.TEMPLATE, place, message, hint, List.of()));
    }
}
