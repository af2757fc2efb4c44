package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.LIST;
import static dev.nexthop.expr.Function.Parameter.VALUE;

import java.util.List;

/** The functions of lists. */
final class ListTable {
    private ListTable() {}

    static List<Function> all() {
        return List.of(
                Function.of("count(x)", Type.INTEGER, (e, a) -> ListFunctions.count(a[0].evaluate(e)), VALUE)
                        .says(
                                "The items of a list; of anything else 1, or 0 when it is empty or 0.",
                                "count(recipients) → 2",
                                "count('') → 0"),
                Function.of(
                                "sort(list, ascending)",
                                Type.ARRAY,
                                (e, a) -> ListFunctions.sort(a[0].evaluate(e), a[1].test(e)),
                                LIST,
                                VALUE)
                        .says(
                                "The items in order: numbers, then texts by their letters, then lists; `false` turns it round.",
                                "sort(['z', 'a', 10, 9], true) → [9, 10, 'a', 'z']",
                                "sort(['z', 'a', 'b'], false) → ['z', 'b', 'a']"),
                Function.of("dedup(list)", Type.ARRAY, (e, a) -> ListFunctions.dedup(a[0].evaluate(e)), LIST)
                        .says("Each item once, where it first stood.", "dedup(['a', 'b', 'a']) → ['a', 'b']"),
                Function.of("winnow(list)", Type.ARRAY, (e, a) -> ListFunctions.winnow(a[0].evaluate(e)), LIST)
                        .says("The items without empty texts.", "winnow(['a', '', 'b']) → ['a', 'b']"),
                Function.of(
                                "is_intersect(x, y)",
                                Type.BOOLEAN,
                                (e, a) -> Value.of(ListFunctions.intersect(a[0].evaluate(e), a[1].evaluate(e))),
                                VALUE,
                                VALUE)
                        .says(
                                "Whether two lists have an item in common; a single value is a list of one.",
                                "is_intersect(recipients, ['abuse@example.org', rcpt]) → true"),
                Function.form("in(value, list)", Forms::in, VALUE, VALUE)
                        .folding()
                        .says(
                                "Whether an item of the list equals the value; also written `value in list`.",
                                "received_via_port in [25, 587] → true",
                                "in(rcpt_domain, ['a.test', 'b.test']) → false"));
    }
}
