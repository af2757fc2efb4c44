package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.NUMBER;
import static dev.nexthop.expr.Function.Parameter.TEXT;
import static dev.nexthop.expr.Function.Parameter.VALUE;

import java.util.List;

/** The functions that ask, or tell, something outside the message; what cannot answer is a failure, never a value. */
final class LookupTable {
    private LookupTable() {}

    private static Function ask(String signature, Function.Maker maker, Function.Parameter... parameters) {
        return Function.form(signature, maker, parameters).outside();
    }

    static List<Function> all() {
        return Functions.joined(directories(), stores(), others());
    }

    private static List<Function> directories() {
        return List.of(
                ask("is_local_domain([directory,] domain)", Questions::isLocalDomain, TEXT, TEXT)
                        .optional(1)
                        .says(
                                "Whether a directory is responsible for a domain.",
                                "is_local_domain('', rcpt_domain) → true",
                                "is_local_domain(sender_domain) → false"),
                ask("is_local_address([directory,] address)", Questions::isLocalAddress, TEXT, TEXT)
                        .optional(1)
                        .says(
                                "Whether a directory knows an address.",
                                "is_local_address('', rcpt) → true",
                                "is_local_address('', sender) → false"));
    }

    private static List<Function> stores() {
        return List.of(
                ask("key_get(store, key)", Questions::keyGet, TEXT, TEXT)
                        .says(
                                "The value of a key in a lookup store; empty when there is none.",
                                "key_get('', 'limit') → '25'",
                                "key_get('', 'none') → ''"),
                ask("key_exists(store, key)", Questions::keyExists, TEXT, TEXT)
                        .says("Whether a lookup store has a key.", "key_exists('', 'word') → true"),
                ask("key_set(store, key, value)", Questions::keySet, TEXT, TEXT, TEXT)
                        .says(
                                "Writes a key of a lookup store; true.",
                                "key_set('', 'last-' + listener, sender) → true"),
                ask("counter_get(store, key)", Questions::counterGet, TEXT, TEXT)
                        .says("A counter of a lookup store; 0 when there is none.", "counter_get('', 'seen') → 7"),
                ask("counter_incr(store, key, by)", Questions::counterIncrement, TEXT, TEXT, NUMBER)
                        .says(
                                "Adds to a counter, which may begin with this, and gives what it is afterwards.",
                                "counter_incr('', 'seen', 2) > 8 → true"));
    }

    private static List<Function> others() {
        return List.of(
                ask("dns_query(name, type)", Questions::dnsQuery, TEXT, TEXT)
                        .says(
                                "What DNS says: a list for `ip`, `ipv4`, `ipv6`, `mx` (names, the most preferred first) and `ptr`"
                                        + " (of an address); for `txt` one text, in which each record is a line. Empty when there"
                                        + " is no such name or record.",
                                "dns_query('example.org', 'mx')[0] → 'mx1.example.org'",
                                "contains(dns_query('example.org', 'txt'), 'v=spf1') → true",
                                "dns_query(ip_reverse_name(remote_ip) + '.list.test', 'ipv4') → []"),
                ask("sql_query(store, statement, arguments…)", Questions::sqlQuery, TEXT, TEXT, VALUE)
                        .optional(1)
                        .more()
                        .says(
                                "What a statement gives, with an argument, or an item of a list of them, for each question mark:"
                                        + " a list of rows, each a list of columns; of one column its values; of one row the row"
                                        + " alone; for a statement that changes rows, how many.",
                                "sql_query('crm', 'SELECT hop FROM route WHERE domain = ?', rcpt_domain) → 'relay'",
                                "sql_query('crm', 'SELECT hop FROM route WHERE domain = ?', ['b.test']) → []"));
    }
}
