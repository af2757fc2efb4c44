package dev.nexthop.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** A file as a tree in which every key and value knows its place. */
final class ConfigFile {
    /** The largest file that is read, in octets. */
    static final int MAX_OCTETS = 8 * 1024 * 1024;

    private final Scanned scanned;
    private final SourceText source;
    private final int base;
    private final Problems problems;
    private BitSet orphans = new BitSet();

    private ConfigFile(Scanned scanned, SourceText source, int base, Problems problems) {
        this.scanned = scanned;
        this.source = source;
        this.base = base;
        this.problems = problems;
    }

    /** What came of a configuration: as much of it as could be read, and what was wrong. */
    record Parsed(Node.Table root, Problems problems) {}

    /** Parses the octets of one file that is in no folder. */
    static Parsed parse(String name, byte[] octets) {
        Problems problems = new Problems(new Sources());
        return new Parsed(parse(name, octets, null, problems), problems);
    }

    /**
     * Parses the octets of a file.
     *
     * @param name what messages call it
     * @param folder what relative paths in it begin at; null for the working directory
     * @return as much of it as could be read; what is wrong is reported
     */
    static Node.Table parse(String name, byte[] octets, @Nullable Path folder, Problems problems) {
        if (octets.length > MAX_OCTETS) {
            problems.add(whole(name, "the configuration is larger than " + MAX_OCTETS + " octets"));
            return Node.empty();
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(octets);
        CharBuffer out = CharBuffer.allocate(octets.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int base = problems.source().add(new SourceText(name, text, new BitSet()), folder);
            problems.add(Code.UNREADABLE, base + text.length(), 1, "these octets are not UTF-8");
            return Node.empty();
        }
        // Editors of some systems begin a file with U+FEFF; it means nothing.
        Scanned scanned = Scanned.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
        SourceText source = new SourceText(name, scanned.text(), scanned.insideStrings());
        int base = problems.source().add(source, folder);
        return new ConfigFile(scanned, source, base, problems).tree();
    }

    /** A problem with a file as a whole. */
    static Problem whole(String name, String message) {
        return new Problem(Code.UNREADABLE, new Problem.Span(new Origin(name, 0, 0), 1, ""), message, "", List.of());
    }

    static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException _ -> "there is no such file";
            case java.nio.file.AccessDeniedException _ -> "access is denied";
            default -> String.valueOf(e.getMessage());
        };
    }

    private Node.Table tree() {
        return switch (TomlReader.read(source.text(), base)) {
            case TomlReader.Read.Whole whole -> {
                escapes();
                yield whole.root();
            }
            case TomlReader.Read.Fault fault
            when fault.limit() || TomlLimits.exceeded(source.text()) -> {
                problems.incomplete();
                problems.add(Code.SYNTAX, base + fault.at(), 1, fault.message(), "");
                yield Node.empty();
            }
            case TomlReader.Read.Fault _ -> diagnosed();
        };
    }

    /** As much as can be read of a file with faults, and all of them together. */
    private Node.Table diagnosed() {
        TomlParseResult result = Toml.parse(scanned.patched(), TomlVersion.V1_0_0);
        SyntaxErrors errors = new SyntaxErrors(source, scanned, base, problems);
        errors.report(result.errors());
        orphans = errors.orphans();
        escapes();
        return table(result, base);
    }

    private void escapes() {
        for (int guess : scanned.guesses()) {
            String escape = source.text()
                    .substring(guess, Math.min(guess + 2, source.text().length()));
            problems.add(
                    Code.ESCAPE,
                    base + guess,
                    2,
                    "'" + escape + "' is no TOML escape; read as a backslash and the character behind it",
                    "write \\" + escape + " here, or put the text in single quotes");
        }
    }

    private int index(@Nullable TomlPosition position) {
        return source.index(position);
    }

    /** The places of nodes count from the beginning of the first file, those of the parser from that of this one. */
    private Node.Table table(TomlTable table, int at) {
        LinkedHashMap<String, Node.Entry> entries = new LinkedHashMap<>();
        for (String key : table.keySet()) {
            List<String> path = List.of(key);
            int position = index(table.inputPositionOf(path));
            String name = scanned.restore(key);
            int keyAt = Token.key(source.text(), position, name);
            if (orphans.get(source.line(keyAt))) {
                continue; // nobody knows to which table it belongs
            }
            Object value = table.get(path);
            int valueAt = value instanceof TomlTable ? keyAt : Token.value(source.text(), position);
            boolean headed = source.text().startsWith("[[", position);
            entries.put(name, new Node.Entry(base + keyAt, name, node(value, valueAt, headed)));
        }
        return new Node.Table(at, entries);
    }

    private Node node(@Nullable Object value, int at, boolean headed) {
        return switch (value) {
            case TomlTable table -> table(table, base + at);
            case TomlArray array -> {
                List<Node> items = new ArrayList<>();
                for (int i = 0; i < array.size(); i++) {
                    items.add(node(array.get(i), index(array.inputPositionOf(i)), false));
                }
                yield new Node.Items(base + at, List.copyOf(items), headed);
            }
            case String text -> text(scanned.restore(text), at);
            case Long number -> plain(Node.Form.INTEGER, number.toString(), at);
            case Double number -> plain(Node.Form.REAL, number.toString(), at);
            case Boolean truth -> plain(Node.Form.BOOLEAN, truth.toString(), at);
            case null, default -> plain(Node.Form.DATE, String.valueOf(value), at);
        };
    }

    private Node text(String text, int at) {
        Spelling spelling = Token.spelling(source.text(), at, text);
        return new Node.Scalar(base + at, Node.Form.STRING, text, base == 0 ? spelling : spelling.shifted(base), text);
    }

    private Node plain(Node.Form form, String text, int at) {
        return new Node.Scalar(base + at, form, text, Spelling.flat(base + at, text.length()), text);
    }
}
