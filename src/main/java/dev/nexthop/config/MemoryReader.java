package dev.nexthop.config;

import dev.nexthop.lookup.MemoryTable;
import dev.nexthop.lookup.TableReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the stores in memory, with what their files hold. */
final class MemoryReader {
    /** The largest file of entries, in octets. */
    static final int MAX_OCTETS = 64 * 1024 * 1024;

    /** More bad lines than this help nobody. */
    private static final int MAX_FAULTS = 20;

    private static final Pattern URL = Pattern.compile("(?i)(file|file\\+fallback|https?):(.*)");

    private final Values values;

    MemoryReader(Values values) {
        this.values = values;
    }

    /** The table of a store; what is wrong has been said. */
    MemoryTable read(String id) {
        TableReader.Format format = values.required(
                        SettingsLookup.FORMAT,
                        values.place("store", id),
                        "write format = \"list\", \"map\", \"glob\", \"regex\" or \"csv\"",
                        id)
                .orElse(TableReader.Format.LIST);
        boolean csv = format == TableReader.Format.CSV;
        TableReader.Form form = new TableReader.Form(
                format,
                values.value(SettingsLookup.COMMENT, id),
                values.valueOr(SettingsLookup.SEPARATOR, csv ? "," : " ", csv ? "," : " ", id),
                new TableReader.Columns(
                        values.value(SettingsLookup.KEY_COLUMN, id), values.value(SettingsLookup.VALUE_COLUMN, id)));
        if (csv && form.separator().length() != 1) {
            values.wrong(SettingsLookup.SEPARATOR, Code.VALUE, "fields of CSV are parted by one character", "", id);
            return MemoryTable.of(Map.of());
        }
        TableReader reader = new TableReader(form);
        values.required(SettingsLookup.VALUES, values.place("store", id), "write values = [\"…\"]", id)
                .ifPresent(node -> contents(reader, format, node, id));
        return reader.table();
    }

    private void contents(TableReader reader, TableReader.Format format, Node node, String id) {
        switch (node) {
            case Node.Scalar scalar -> item(reader, scalar, false, id);
            case Node.Items items -> items(reader, items, id);
            case Node.Table table
            when format == TableReader.Format.MAP -> {
                for (Node.Entry entry : table.entries().values()) {
                    if (entry.node() instanceof Node.Scalar value) {
                        inline(value, id, () -> reader.pair(entry.key(), value.text()));
                    } else {
                        wrong(
                                entry.node(),
                                "a value of a map is a text, but here stands "
                                        + entry.node().noun(),
                                id);
                    }
                }
            }
            case Node.Table table -> wrong(table, "only a store of format map has keys with values", id);
            case Node.Broken _ -> {}
        }
    }

    private void items(TableReader reader, Node.Items items, String id) {
        boolean fallback = items.items().stream()
                .anyMatch(item -> item instanceof Node.Scalar scalar
                        && scalar.text().toLowerCase(Locale.ROOT).startsWith("file+fallback:"));
        for (Node item : items.items()) {
            switch (item) {
                case Node.Scalar scalar -> item(reader, scalar, fallback, id);
                case Node.Items _, Node.Table _ ->
                    wrong(item, "an entry is a text, but here stands " + item.noun(), id);
                case Node.Broken _ -> {}
            }
        }
    }

    /** One item of the values: an entry, or where entries are. */
    private void item(TableReader reader, Node.Scalar item, boolean fallback, String id) {
        var url = URL.matcher(item.text());
        if (!url.matches()) {
            inline(item, id, () -> reader.entry(item.text()));
        } else if (!url.group(1).toLowerCase(Locale.ROOT).startsWith("http")) {
            file(reader, item, url.group(2), id);
        } else if (fallback) {
            reading(id)
                    .wrong(
                            item,
                            Code.STORE_NOT_SERVED,
                            "lists are not fetched over HTTP; the file behind file+fallback: is read",
                            "");
        } else {
            reading(id)
                    .wrong(
                            item,
                            Code.STORE_ENTRY,
                            "lists are not fetched over HTTP",
                            "fetch it to a file, and write file: and its path");
        }
    }

    private interface Adding {
        void run() throws TableReader.BadEntryException;
    }

    private void inline(Node.Scalar item, String id, Adding adding) {
        try {
            adding.run();
        } catch (TableReader.BadEntryException e) {
            wrong(item, String.valueOf(e.getMessage()), id);
        }
    }

    private void wrong(Node node, String message, String id) {
        reading(id).wrong(node, Code.STORE_ENTRY, message, "");
    }

    private Reading reading(String id) {
        return new Reading(SettingsLookup.VALUES.key().with(id).toString(), false, Set.of(), values.problems());
    }

    private void file(TableReader reader, Node.Scalar item, String written, String id) {
        byte[] octets;
        Path path;
        try {
            // file:///etc/x and file:/etc/x are absolute; file:x and file://x begin at the configuration's folder.
            String plain = written.startsWith("//") ? written.substring(2) : written;
            path = values.resolve(
                    Path.of(plain.indexOf('%') < 0 ? plain : URLDecoder.decode(plain, StandardCharsets.UTF_8)),
                    SettingsLookup.VALUES,
                    id);
            if (!Files.isRegularFile(path)) {
                wrong(item, "there is no file " + path, id);
                return;
            }
            try (InputStream in = Files.newInputStream(path)) {
                octets = in.readNBytes(MAX_OCTETS + 1);
            }
        } catch (IllegalArgumentException e) {
            wrong(item, "this is no path", id); // InvalidPathException, or % without two digits behind it
            return;
        } catch (IOException e) {
            wrong(item, "the file can't be read: " + ConfigFile.reason(e), id);
            return;
        }
        if (octets.length > MAX_OCTETS) {
            wrong(item, "the file " + path + " is larger than " + MAX_OCTETS + " octets", id);
            return;
        }
        lines(reader, octets, path, values.value(SettingsLookup.SKIP, id));
    }

    private void lines(TableReader reader, byte[] octets, Path path, int skip) {
        CharBuffer out = CharBuffer.allocate(octets.length);
        CoderResult end = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(octets), out, true);
        String text = out.flip().toString();
        if (end.isError()) {
            entry(path, (int) text.chars().filter(c -> c == '\n').count() + 1, "these octets are not UTF-8");
            return;
        }
        int faults = 0;
        int number = 0;
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext() && faults < MAX_FAULTS; ) {
            String line = lines.next();
            number++;
            try {
                if (number > skip) {
                    // Editors of some systems begin a file with U+FEFF; it means nothing.
                    reader.line(number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line);
                }
            } catch (TableReader.BadEntryException e) {
                faults++;
                entry(path, number, String.valueOf(e.getMessage()));
            }
        }
    }

    /** A fault in a line, which is not shown: nobody knows what the file holds. */
    private void entry(Path path, int line, String message) {
        Origin origin = new Origin(path.toString(), line, 1);
        values.problems().add(new Problem(Code.STORE_ENTRY, new Problem.Span(origin, 1, ""), message, "", List.of()));
    }
}
