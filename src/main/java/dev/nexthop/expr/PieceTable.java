package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.NUMBER;
import static dev.nexthop.expr.Function.Parameter.TEXT;
import static dev.nexthop.expr.Functions.text;
import static dev.nexthop.expr.Functions.whole;

import java.util.List;

/** The functions that cut texts. */
final class PieceTable {
    private PieceTable() {}

    static List<Function> all() {
        return Functions.joined(ends(), splits(), cuts());
    }

    private static List<Function> ends() {
        return List.of(
                Function.of(
                                "substring(text, start, length)",
                                Type.TEXT,
                                (e, a) -> Value.of(
                                        TextFunctions.substring(text(e, a[0]), whole(e, a[1]), whole(e, a[2]))),
                                TEXT,
                                NUMBER,
                                NUMBER)
                        .says(
                                "At most so many characters from a place on, counted from 0; what lies outside is left out.",
                                "substring('hello', 1, 3) → 'ell'",
                                "substring('hello', 3, 10) → 'lo'"),
                Function.of(
                                "strip_prefix(text, beginning)",
                                Type.TEXT,
                                (e, a) -> Value.of(TextFunctions.stripPrefix(text(e, a[0]), text(e, a[1]))),
                                TEXT,
                                TEXT)
                        .says(
                                "The text without that beginning; empty when it does not begin so.",
                                "strip_prefix('svc-backup', 'svc-') → 'backup'",
                                "strip_prefix('backup', 'svc-') → ''"),
                Function.of(
                                "strip_suffix(text, end)",
                                Type.TEXT,
                                (e, a) -> Value.of(TextFunctions.stripSuffix(text(e, a[0]), text(e, a[1]))),
                                TEXT,
                                TEXT)
                        .says(
                                "The text without that end; empty when it does not end so.",
                                "strip_suffix('a.example.org', '.example.org') → 'a'"));
    }

    private static List<Function> splits() {
        return List.of(
                Function.of(
                                "split(text, separator)",
                                Type.ARRAY,
                                (e, a) -> Value.ofTexts(TextFunctions.split(text(e, a[0]), text(e, a[1]))),
                                TEXT,
                                TEXT)
                        .says(
                                "The pieces between separators; an empty separator divides nothing.",
                                "split('a,b,,c', ',') → ['a', 'b', '', 'c']"),
                Function.of(
                                "rsplit(text, separator)",
                                Type.ARRAY,
                                (e, a) -> Value.ofTexts(TextFunctions.split(text(e, a[0]), text(e, a[1]))
                                        .reversed()),
                                TEXT,
                                TEXT)
                        .says(
                                "The pieces between separators, the last one first.",
                                "rsplit('mx1.example.org', '.') → ['org', 'example', 'mx1']"),
                Function.of(
                                "split_n(text, separator, n)",
                                Type.ARRAY,
                                (e, a) -> Value.ofTexts(
                                        TextFunctions.split(text(e, a[0]), text(e, a[1]), whole(e, a[2]))),
                                TEXT,
                                TEXT,
                                NUMBER)
                        .says(
                                "The pieces at the first n separators; the last piece holds the rest.",
                                "split_n('a,b,c,d', ',', 2) → ['a', 'b', 'c,d']"),
                Function.of(
                                "split_words(text)",
                                Type.ARRAY,
                                (e, a) -> Value.ofTexts(TextFunctions.words(text(e, a[0]))),
                                TEXT)
                        .says(
                                "The words between white space that have letters and digits alone.",
                                "split_words('one two, 3') → ['one', '3']"),
                Function.of(
                                "lines(text)",
                                Type.ARRAY,
                                (e, a) -> Value.ofTexts(text(e, a[0]).lines().toList()),
                                TEXT)
                        .says(
                                "The lines of a text.",
                                "count(lines(dns_query(rcpt_domain, 'txt'))) → 2",
                                "lines('a') → ['a']"));
    }

    private static List<Function> cuts() {
        return List.of(
                Function.of(
                                "split_once(text, separator)",
                                Type.ARRAY,
                                (e, a) -> {
                                    String text = text(e, a[0]);
                                    String at = text(e, a[1]);
                                    return TextFunctions.cut(text, text.indexOf(at), at);
                                },
                                TEXT,
                                TEXT)
                        .says(
                                "What is before and behind the first separator; an empty list when there is none.",
                                "split_once('a.b.c', '.') → ['a', 'b.c']",
                                "split_once('a', '.') → []"),
                Function.of(
                                "rsplit_once(text, separator)",
                                Type.ARRAY,
                                (e, a) -> {
                                    String text = text(e, a[0]);
                                    String at = text(e, a[1]);
                                    return TextFunctions.cut(text, text.lastIndexOf(at), at);
                                },
                                TEXT,
                                TEXT)
                        .says(
                                "What is before and behind the last separator; an empty list when there is none.",
                                "rsplit_once('a.b.c', '.') → ['a.b', 'c']"));
    }
}
