package dev.nexthop.dsn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The languages that notifications can speak: English, German, French and Spanish, and what an operator's files make of them
 * or add. {@code docs/notices.md} tells how a file is written.
 */
public final class Languages {
    /** What is spoken where nothing else is asked for. */
    public static final String DEFAULT = "en";

    private static final Pattern TAG = Pattern.compile("[a-z]{2,3}(-[a-z0-9]{2,8})*");
    private static final Languages BUILT_IN = shipped(List.of("en", "de", "fr", "es"));

    private final Map<String, Phrases> byTag;

    private Languages(Map<String, Phrases> byTag) {
        this.byTag = byTag;
    }

    /**
     * A file of templates.
     *
     * @param name as messages call it
     * @param language the tag that its name gives
     * @param text what is in it
     */
    public record Source(String name, String language, String text) {}

    /**
     * Something wrong in a file of templates.
     *
     * @param file its name
     * @param line from 1
     * @param message one sentence without a full stop
     * @param hint what to do
     */
    public record Fault(String file, int line, String message, String hint) {}

    /**
     * What came of some files.
     *
     * @param languages those that could be read whole, and the built-in ones
     * @param faults all that is wrong
     */
    public record Read(Languages languages, List<Fault> faults) {
        /** Copies the list. */
        public Read {
            faults = List.copyOf(faults);
        }
    }

    /** Those of the program. */
    public static Languages builtIn() {
        return BUILT_IN;
    }

    /**
     * Whether this is a tag of a language as the names of files have it, such as {@code de} or {@code pt-br} (RFC 5646 §2.1).
     *
     * @param tag in any case
     */
    public static boolean isTag(String tag) {
        return tag.length() <= 35 && TAG.matcher(tag.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Adds the templates of an operator. A file for a built-in language replaces the parts that it has; one for another
     * language must have all parts.
     *
     * @param files in any order, one a language
     */
    public static Read read(List<Source> files) {
        Map<String, Phrases> all = new TreeMap<>(BUILT_IN.byTag);
        List<Fault> faults = new ArrayList<>();
        for (Source file : files) {
            PhraseReader reader = new PhraseReader(file.name());
            Map<String, Template> parts = reader.read(file.text());
            String tag = file.language().toLowerCase(Locale.ROOT);
            Phrases known = BUILT_IN.byTag.getOrDefault(tag, new Phrases(tag, Map.of()));
            Phrases whole = known.with(parts);
            faults.addAll(reader.faults());
            if (!whole.missing().isEmpty() && reader.faults().isEmpty()) {
                faults.add(new Fault(
                        file.name(),
                        Math.max(1, file.text().lines().toList().size()),
                        "the file ends without the parts " + String.join(", ", whole.missing()),
                        "a language of your own has all parts; docs/notices.md lists them"));
            } else if (whole.missing().isEmpty()) {
                all.put(tag, whole);
            }
        }
        return new Read(new Languages(all), faults);
    }

    /** The tags of all, in order. */
    public List<String> tags() {
        return List.copyOf(byTag.keySet());
    }

    /**
     * Whether a language is there, itself or the one that it is a kind of: {@code de} for {@code de-AT} (RFC 4647 §3.4).
     *
     * @param tag in any case
     */
    public boolean speaks(String tag) {
        return find(tag).isPresent();
    }

    Optional<Phrases> find(String tag) {
        String wanted = tag.toLowerCase(Locale.ROOT).replace('_', '-');
        while (true) {
            Phrases found = byTag.get(wanted);
            int dash = wanted.lastIndexOf('-');
            if (found != null || dash < 0) {
                return Optional.ofNullable(found);
            }
            wanted = wanted.substring(0, dash);
        }
    }

    Phrases english() {
        return Objects.requireNonNull(byTag.get(DEFAULT));
    }

    private static Languages shipped(List<String> tags) {
        Map<String, Phrases> all = new TreeMap<>();
        for (String tag : tags) {
            PhraseReader reader = new PhraseReader(tag + ".txt");
            Phrases phrases = new Phrases(tag, reader.read(resource(tag + ".txt")));
            if (!reader.faults().isEmpty() || !phrases.missing().isEmpty()) {
                throw new IllegalStateException("templates of the program: " + reader.faults() + phrases.missing());
            }
            all.put(tag, phrases);
        }
        return new Languages(all);
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Languages.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
