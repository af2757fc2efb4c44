package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.TEXT;
import static dev.nexthop.expr.Function.Parameter.VALUE;
import static dev.nexthop.expr.Functions.text;

import dev.nexthop.expr.Function.Body;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** The functions that look at texts and change them. */
final class TextTable {
    private TextTable() {}

    static List<Function> all() {
        return Functions.joined(changes(), counts(), tests(), comparisons());
    }

    /** A function of a text, applied to each item of a list. */
    private static Function each(String signature, UnaryOperator<String> change) {
        Body body = (e, a) -> TextFunctions.each(a[0].evaluate(e), change);
        return Function.of(signature, arguments -> likeFirst(arguments), body, VALUE);
    }

    /** Functions of a text give a list only for a list. */
    private static Type likeFirst(List<Operand> arguments) {
        Type type = arguments.getFirst().node().type();
        return type == Type.ANY || type == Type.ARRAY ? type : Type.TEXT;
    }

    private static Function test(String signature, Predicate<String> test) {
        return Function.of(signature, Type.BOOLEAN, (e, a) -> Value.of(test.test(text(e, a[0]))), TEXT);
    }

    private static Function count(String signature, ToLongFunction<String> count) {
        return Function.of(signature, Type.INTEGER, (e, a) -> Value.of(count.applyAsLong(text(e, a[0]))), TEXT);
    }

    private static List<Function> changes() {
        return List.of(
                each("trim(text)", TextFunctions::trim)
                        .says(
                                "Without white space at both ends; of a list, each item.",
                                "trim('  a ') → 'a'",
                                "trim([' a', 'b ']) → ['a', 'b']"),
                each("trim_start(text)", TextFunctions::trimStart)
                        .says(
                                "Without white space at the beginning; of a list, each item.",
                                "trim_start(' a ') → 'a '"),
                each("trim_end(text)", TextFunctions::trimEnd)
                        .says("Without white space at the end; of a list, each item.", "trim_end(' a ') → ' a'"),
                each("to_lowercase(text)", TextFunctions::lower)
                        .says(
                                "In lower case, whatever the language; of a list, each item.",
                                "to_lowercase('ÉA') → 'éa'"),
                each("to_uppercase(text)", TextFunctions::upper)
                        .says(
                                "In upper case, whatever the language; of a list, each item.",
                                "to_uppercase('straße') → 'STRASSE'"),
                Function.form("hash(text, algorithm)", Forms::hash, TEXT, TEXT)
                        .folding()
                        .says(
                                "The digest of a text in UTF-8, in hexadecimal digits of lower case; the algorithm is `md5`,"
                                        + " `sha1`, `sha256` or `sha512`, and another one is an error.",
                                "hash('abc', 'md5') → '900150983cd24fb0d6963f7d28e17f72'",
                                "substring(hash(rcpt, 'sha256'), 0, 8) → 'd159ef62'"));
    }

    private static List<Function> counts() {
        return List.of(
                Function.of("len(x)", Type.INTEGER, (e, a) -> TextFunctions.length(a[0].evaluate(e)), VALUE)
                        .says(
                                "The octets of a text in UTF-8, or the items of a list.",
                                "len('é') → 2",
                                "len(recipients) → 2"),
                count("count_chars(text)", text -> text.codePointCount(0, text.length()))
                        .says("The characters of a text.", "count_chars('é') → 1"),
                count("count_spaces(text)", text -> TextFunctions.count(text, TextFunctions::isSpace))
                        .says("How many characters are white space.", "count_spaces('one two three') → 2"),
                count("count_uppercase(text)", text -> TextFunctions.count(text, Character::isUpperCase))
                        .says("How many characters are in upper case.", "count_uppercase('User@ORG') → 4"),
                count("count_lowercase(text)", text -> TextFunctions.count(text, Character::isLowerCase))
                        .says("How many characters are in lower case.", "count_lowercase('User@ORG') → 3"));
    }

    private static List<Function> tests() {
        return List.of(
                test("is_uppercase(text)", text -> TextFunctions.letters(text, Character::isUpperCase))
                        .says(
                                "Whether every letter is in upper case; true when there is none.",
                                "is_uppercase('HELO 1') → true"),
                test("is_lowercase(text)", text -> TextFunctions.letters(text, Character::isLowerCase))
                        .says(
                                "Whether every letter is in lower case; true when there is none.",
                                "is_lowercase('Helo') → false"),
                test("has_digits(text)", text -> text.chars().anyMatch(c -> c >= '0' && c <= '9'))
                        .says("Whether there is a digit from 0 to 9.", "has_digits('mx1') → true"),
                Function.of("is_empty(x)", Type.BOOLEAN, (e, a) -> TextFunctions.isEmpty(a[0].evaluate(e)), VALUE)
                        .says(
                                "Whether a text or list is empty; a number never is.",
                                "is_empty(authenticated_as) → true",
                                "is_empty(0) → false"),
                Function.of(
                                "is_number(x)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(TextFunctions.isNumber(a[0].evaluate(e))),
                                VALUE)
                        .says(
                                "Whether it is a number or the text of one.",
                                "is_number('123') → true",
                                "is_number('12a') → false"));
    }

    private static List<Function> comparisons() {
        return List.of(
                Function.of(
                                "contains(x, y)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(TextFunctions.contains(a[0].evaluate(e), a[1].evaluate(e))),
                                VALUE,
                                VALUE)
                        .says(
                                "Whether a text holds another, or whether an item of a list equals y.",
                                "contains(rcpt, '@') → true",
                                "contains(['abc'], 'a') → false"),
                Function.of(
                                "contains_ignore_case(x, text)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(TextFunctions.containsIgnoreCase(a[0].evaluate(e), text(e, a[1]))),
                                VALUE,
                                TEXT)
                        .says("The same whatever the case.", "contains_ignore_case('Hello', 'ELL') → true"),
                Function.of(
                                "eq_ignore_case(a, b)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(text(e, a[0]).equalsIgnoreCase(text(e, a[1]))),
                                TEXT,
                                TEXT)
                        .says(
                                "Whether two texts are equal whatever the case.",
                                "eq_ignore_case(listener, 'SMTP') → true"),
                Function.of(
                                "starts_with(text, beginning)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(text(e, a[0]).startsWith(text(e, a[1]))),
                                TEXT,
                                TEXT)
                        .says("Whether a text begins with another.", "starts_with(rcpt, 'user@') → true"),
                Function.of(
                                "ends_with(text, end)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(text(e, a[0]).endsWith(text(e, a[1]))),
                                TEXT,
                                TEXT)
                        .says("Whether a text ends with another.", "ends_with(rcpt_domain, '.org') → true"));
    }
}
