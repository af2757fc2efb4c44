package dev.nexthop.config;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.TomlParseError;
import org.tomlj.TomlPosition;

/**
 * What the parser could not read, one fault at a time: lines that only continue a broken value are not faults of their own, and
 * what stands below a broken header belongs to nobody knows which table.
 */
final class SyntaxErrors {
    private static final Pattern DEFINED =
            Pattern.compile("(?s)(.*) previously defined at line (\\d+), column (\\d+).*");
    private static final Pattern SEGMENT = Pattern.compile("[\\w-]+|\"[^\"]*\"|'[^']*'");
    private static final Pattern STATEMENT = Pattern.compile(
            "\\s*(\\[{1,2}\\s*(%1$s)[^=]*|(%1$s)(\\s*\\.\\s*(%1$s))*\\s*=.*|#.*|)".formatted(SEGMENT.pattern()));
    private static final Pattern HEADER = Pattern.compile("\\s*\\[.*");

    private final SourceText source;
    private final Scanned scanned;
    private final int base;
    private final Problems problems;
    private final BitSet orphans = new BitSet();

    /** A reporter for the file that begins at the base. */
    SyntaxErrors(SourceText source, Scanned scanned, int base, Problems problems) {
        this.source = source;
        this.scanned = scanned;
        this.base = base;
        this.problems = problems;
    }

    void report(List<TomlParseError> errors) {
        int last = -2;
        List<TomlParseError> inOrder = errors.stream()
                .sorted(Comparator.comparingInt((TomlParseError error) -> source.index(error.position())))
                .toList();
        for (TomlParseError error : inOrder) {
            int at = source.index(error.position());
            int line = source.line(at);
            boolean header = isHeader(line);
            Matcher defined = DEFINED.matcher(String.valueOf(error.getMessage()));
            if (defined.matches()) {
                twice(defined, at);
            } else {
                boolean continues = line <= last + 1
                        && !STATEMENT.matcher(source.lineText(line)).matches();
                if (!continues && line != last) {
                    one(error, at);
                }
                last = line;
                if (!header) {
                    gap(line);
                }
            }
            if (header) {
                problems.incomplete();
                orphan(line);
            }
        }
    }

    /** Lines, from 0, whose keys belong to a table that could not be read. */
    BitSet orphans() {
        return orphans;
    }

    private boolean isHeader(int line) {
        return !source.insideString(line)
                && HEADER.matcher(source.lineText(line)).matches();
    }

    private void orphan(int header) {
        orphans.set(header + 1, end(header));
    }

    /** The line behind the table that a line belongs to. */
    private int end(int line) {
        int end = line + 1;
        while (end < source.lines() && !isHeader(end)) {
            end++;
        }
        return end;
    }

    private void gap(int line) {
        int from = line;
        while (from > 0 && !isHeader(from)) {
            from--;
        }
        problems.incomplete(base + source.start(from), base + source.start(end(line)));
    }

    private void one(TomlParseError error, int at) {
        String message = String.valueOf(error.getMessage());
        if (source.secretLine(at)) {
            message = "this is not TOML";
        } else if (message.contains("expected \" or a character") || message.contains("expected ' or a character")) {
            message = "the text has no closing quote";
        }
        problems.add(Code.SYNTAX, base + at, 1, lower(scanned.restore(message).replace("\n", "\\n")), help(at));
    }

    private void twice(Matcher defined, int at) {
        String name = scanned.restore(defined.group(1));
        int first = source.index(
                TomlPosition.positionAt(Integer.parseInt(defined.group(2)), Integer.parseInt(defined.group(3))));
        int from = Token.name(source.text(), at);
        problems.add(new Problem(
                Code.DUPLICATE,
                problems.source().span(base + from, Token.nameLength(source.text(), from), true),
                name + " is written twice",
                "keep one of the two",
                List.of(new Problem.Related(
                        problems.source().origin(base + Token.name(source.text(), first)), "first defined here"))));
    }

    private String help(int at) {
        String text = source.text();
        if (at < text.length() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '/')) {
            return "text needs quotes: \"…\"";
        }
        return "";
    }

    private static String lower(String message) {
        return message.isEmpty() ? message : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }
}
