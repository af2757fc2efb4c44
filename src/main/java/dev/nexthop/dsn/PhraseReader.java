package dev.nexthop.dsn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the templates of one language: parts that begin with {@code [key]}, lines with {@code #} in front between them. */
final class PhraseReader {
    /** What a part holds at most, in characters. */
    static final int MOST_PART = 2_000;

    /** What a subject holds at most: encoded, it stays a header field that everybody takes. */
    static final int MOST_SUBJECT = 120;

    private static final Pattern KEY = Pattern.compile("\\[([^\\]]*)]\\s*");
    private static final Pattern BRACE = Pattern.compile("\\{\\{|}}|\\{([^{}]*)}|\\{");

    private final String file;
    private final List<Languages.Fault> faults = new ArrayList<>();
    private final Map<String, Template> parts = new LinkedHashMap<>();
    private final List<List<Template.Piece>> paragraphs = new ArrayList<>();
    private String key = "";
    private int keyLine;
    private Set<Slot> allowed = Set.of();
    private int length;
    private boolean fresh = true;

    PhraseReader(String file) {
        this.file = file;
    }

    /** What could be read. */
    Map<String, Template> read(String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int number = 0;
        for (String line : plain.split("\r?\n", -1)) {
            number++;
            line(line.stripTrailing(), number);
        }
        end();
        return parts;
    }

    List<Languages.Fault> faults() {
        return faults;
    }

    private void line(String line, int number) {
        Matcher header = KEY.matcher(line);
        if (line.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
            wrong(number, "a control character stands here", "take it out");
        } else if (header.matches()) {
            end();
            begin(header.group(1), number);
        } else if (line.startsWith("#")) {
            return;
        } else if (line.isBlank()) {
            fresh = true;
        } else if (keyLine == 0) {
            wrong(number, "text before the first part", "begin with a part such as [opening], or put # in front");
        } else {
            words(line.strip(), number);
        }
    }

    private void begin(String name, int number) {
        key = name;
        keyLine = number;
        Optional<Set<Slot>> slots = Phrases.allowed(name);
        allowed = slots.orElse(Set.of());
        if (slots.isEmpty()) {
            key = "";
            wrong(
                    number,
                    "there is no part '" + name + "'",
                    "parts are " + String.join(", ", Phrases.REQUIRED.keySet())
                            + ", and by status why.2, why.2.2, advice.2, advice.2.2");
        } else if (parts.containsKey(name)) {
            wrong(number, "the part '" + name + "' is written twice", "keep one of the two");
        }
    }

    private void end() {
        if (!key.isEmpty()) {
            if (paragraphs.isEmpty()) {
                wrong(keyLine, "the part '" + key + "' has no words", "write some below it, or take it out");
            } else {
                parts.put(key, new Template(paragraphs));
            }
        }
        paragraphs.clear();
        length = 0;
        fresh = true;
        key = "";
    }

    private void words(String line, int number) {
        if (key.isEmpty()) {
            return; // of a part that is none, which is said already
        }
        if (fresh) {
            paragraphs.add(new ArrayList<>());
        } else {
            paragraphs.getLast().add(new Template.Piece.Words(" "));
        }
        fresh = false;
        int most = key.startsWith("subject.") ? MOST_SUBJECT : MOST_PART;
        if (length <= most && length + line.length() > most) {
            wrong(number, "the part '" + key + "' is longer than " + most + " characters", "make it shorter");
        }
        length += line.length();
        pieces(line, number, paragraphs.getLast());
    }

    private void pieces(String line, int number, List<Template.Piece> pieces) {
        Matcher braces = BRACE.matcher(line);
        int from = 0;
        while (braces.find()) {
            add(pieces, line.substring(from, braces.start()));
            from = braces.end();
            String found = braces.group();
            String word = braces.group(1);
            if (found.equals("{{") || found.equals("}}")) {
                add(pieces, found.substring(1));
            } else if (word == null) {
                wrong(number, "a brace is not closed", "write {{ for a brace");
            } else {
                slot(word, number).ifPresent(slot -> pieces.add(new Template.Piece.Hole(slot)));
            }
        }
        add(pieces, line.substring(from));
    }

    private Optional<Slot> slot(String word, int number) {
        Optional<Slot> slot = Slot.of(word);
        if (slot.filter(allowed::contains).isEmpty()) {
            wrong(
                    number,
                    (slot.isPresent()
                                    ? "{" + word + "} is not known in the part '"
                                    : "there is no placeholder {" + word + "} for the part '")
                            + key + "'",
                    "allowed here: " + Slot.words(allowed));
        }
        return slot;
    }

    private static void add(List<Template.Piece> pieces, String words) {
        if (!words.isEmpty()) {
            pieces.add(new Template.Piece.Words(words));
        }
    }

    private void wrong(int line, String message, String hint) {
        faults.add(new Languages.Fault(file, line, message, hint));
    }
}
