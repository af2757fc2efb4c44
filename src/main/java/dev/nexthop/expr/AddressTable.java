package dev.nexthop.expr;

import static dev.nexthop.expr.Function.Parameter.TEXT;
import static dev.nexthop.expr.Function.Parameter.VALUE;
import static dev.nexthop.expr.Functions.text;

import java.util.List;
import java.util.function.Predicate;

/** The functions of mail addresses, domains, IP addresses and networks. */
final class AddressTable {
    private AddressTable() {}

    private static Function test(String signature, Predicate<String> test) {
        return Function.of(signature, Type.BOOLEAN, (e, a) -> Value.of(test.test(text(e, a[0]))), TEXT);
    }

    static List<Function> mail() {
        return List.of(
                test("is_email(text)", AddressFunctions::isEmail)
                        .says(
                                "Whether it is a mail address with a domain of two or more labels.",
                                "is_email('\"a b\"@example.com') → true",
                                "is_email('user@localhost') → false"),
                Function.form("email_part(address, part)", Forms::emailPart, TEXT, TEXT)
                        .folding()
                        .says(
                                "What is before the last at sign (`'local'`) or behind it (`'domain'`).",
                                "email_part(rcpt, 'local') → 'user'",
                                "email_part(rcpt, 'domain') → 'example.org'"),
                Function.form("domain_in([domain,] list)", Forms::domainIn, VALUE, VALUE)
                        .optional(1)
                        .says(
                                "Whether a domain is in a list, in which `.example.org` or `*.example.org` stands for everything"
                                        + " below that domain; without a domain, the recipient's.",
                                "domain_in(['example.org', '.example.net']) → true",
                                "domain_in(mx, ['.example.org']) → true"));
    }

    static List<Function> network() {
        return List.of(
                test("is_ip_addr(text)", text -> AddressLiteral.parse(text) != null)
                        .says(
                                "Whether it is an IPv4 or IPv6 address; short and octal IPv4 forms are not.",
                                "is_ip_addr('::1') → true",
                                "is_ip_addr('192.0.02.1') → false"),
                test("is_ipv4_addr(text)", text -> AddressLiteral.v4(text) != null)
                        .says("Whether it is an IPv4 address.", "is_ipv4_addr(remote_ip) → true"),
                test("is_ipv6_addr(text)", text -> text.indexOf(':') >= 0 && AddressLiteral.parse(text) != null)
                        .says("Whether it is an IPv6 address.", "is_ipv6_addr(remote_ip) → false"),
                Function.of(
                                "ip_reverse_name(ip)",
                                Type.TEXT,
                                (e, a) -> Value.of(AddressFunctions.reverseName(text(e, a[0]))),
                                TEXT)
                        .says(
                                "The labels of an address in a reverse zone; empty for what is no address.",
                                "ip_reverse_name('192.0.2.7') → '7.2.0.192'"),
                Function.form("cidr_match(ip, networks)", Forms::cidrMatch, TEXT, VALUE)
                        .folding()
                        .says(
                                "Whether an address is in a network or in one of a list of them, which must be written out;"
                                        + " false for what is no address.",
                                "cidr_match(remote_ip, '192.0.2.0/24') → true",
                                "cidr_match(local_ip, ['10.0.0.0/8', '2001:db8::/32']) → true"));
    }

    static List<Function> patterns() {
        return List.of(
                Function.form("matches('regex', text)", Forms::matches, VALUE, VALUE)
                        .says(
                                "Whether the regular expression is found anywhere in the text; sets the captures, and clears"
                                        + " them when it is not found.",
                                "matches('^([^@]+)@(.+)$', rcpt) && $1 = 'user' → true",
                                "matches('(?i)USER', rcpt) → true"),
                Function.form("glob('pattern', text)", Forms::glob, VALUE, TEXT)
                        .folding()
                        .says(
                                "Whether the whole text fits, `*` for any characters and `?` for one; case does not matter.",
                                "glob('*@example.*', rcpt) → true",
                                "glob('user?@*', rcpt) → false"));
    }
}
