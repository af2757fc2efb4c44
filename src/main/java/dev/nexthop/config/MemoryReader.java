package dev.nexthop.config;

import dev.nexthop.lookup.MemoryTable;
import dev.nexthop.lookup.TableReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the stores in memory, with what their files hold. */
final class MemoryReader {
    /** The largest file of entries, in octets. */
    static final int MAX_OCTETS = 8 * 1024 * 1024;

    /** The most octets of all files of entries together: two configurations must fit while one takes over. */
    static final int MAX_ALL_OCTETS = 16 * 1024 * 1024;

    /** More bad lines than this help nobody. */
    private static final int MAX_FAULTS = 20;

    private static final Pattern URL = Pattern.compile("(?i)(file|file\\+fallback|https?):(.*)");

    private final Values values;
    private int entriesLeft;
    private int octetsLeft = MAX_ALL_OCTETS;

    /**
     * A reader of all stores in memory of a configuration, which share its bounds.
     *
     * @param values the configuration
     * @param entries how many entries other tables have
     */
    MemoryReader(Values values, int entries) {
        this.values = values;
        this.entriesLeft = TableReader.MAX_ENTRIES - entries;
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
        TableReader reader = new TableReader(form, entriesLeft);
        values.required(SettingsLookup.VALUES, values.place("store", id), "write values = [\"…\"]", id)
                .ifPresent(node -> contents(reader, format, node, id));
        entriesLeft -= reader.size();
        return reader.table();
    }

    private void contents(TableReader reader, TableReader.Format format, Node node, String id) {
        switch (node) {
            case Node.Scalar scalar -> item(reader, scalar, false, id);
            case Node.Items items -> items(reader, items, id);
            case Node.Table table
            when format == TableReader.Format.MAP -> {
                for (Node.Entry entry : table.entries().values()) {
                    if (reader.isFull()) {
                        return;
                    }
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
            if (reader.isFull()) {
                return;
            }
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
        try {
            // file:///etc/x and file:/etc/x are absolute; file:x and file://x begin at the configuration's folder.
            String plain = written.startsWith("//") ? written.substring(2) : written;
            Path path = values.resolve(
                    Path.of(plain.indexOf('%') < 0 ? plain : URLDecoder.decode(plain, StandardCharsets.UTF_8)),
                    SettingsLookup.VALUES,
                    id);
            if (!Files.isRegularFile(path)) {
                wrong(item, "there is no file " + path, id);
            } else if (Files.size(path) > MAX_OCTETS) {
                wrong(item, "the file " + path + " is larger than " + MAX_OCTETS + " octets, the most that fit", id);
            } else if (Files.size(path) > octetsLeft) {
                wrong(item, "with the file " + path + ", files have more than " + MAX_ALL_OCTETS + " octets", id);
            } else {
                lines(reader, path, values.value(SettingsLookup.SKIP, id));
            }
        } catch (IllegalArgumentException e) {
            wrong(item, "this is no path", id); // InvalidPathException, or % without two digits behind it
        } catch (IOException e) {
            wrong(item, "the file can't be read: " + ConfigFile.reason(e), id);
        }
    }

    private void lines(TableReader reader, Path path, int skip) throws IOException {
        int faults = 0;
        try (InputStream in = Files.newInputStream(path)) {
            ListLines lines = new ListLines(in, Math.min(MAX_OCTETS, octetsLeft));
            try {
                String line = lines.next();
                while (line != null && faults < MAX_FAULTS && !reader.isFull()) {
                    faults += fits(reader, line, path, lines.number(), skip) ? 0 : 1;
                    line = lines.next();
                }
            } catch (ListLines.BadLineException e) {
                entry(path, lines.number(), String.valueOf(e.getMessage()));
            } finally {
                octetsLeft -= lines.octets();
            }
        }
    }

    private boolean fits(TableReader reader, String line, Path path, int number, int skip) {
        try {
            if (number > skip) {
                // Editors of some systems begin a file with U+FEFF; it means nothing.
                reader.line(number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line);
            }
            return true;
        } catch (TableReader.BadEntryException e) {
            entry(path, number, String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** A fault in a line, which is not shown: nobody knows what the file holds. */
    private void entry(Path path, int line, String message) {
        Origin origin = new Origin(path.toString(), line, 1);
        values.problems().add(new Problem(Code.STORE_ENTRY, new Problem.Span(origin, 1, ""), message, "", List.of()));
    }
}
