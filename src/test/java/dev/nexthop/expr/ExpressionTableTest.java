package dev.nexthop.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Expression, arrow, value; the facts are those of {@link Sample}. */
final class ExpressionTableTest {
    private static final String LITERALS = """
            'a'                                     --> 'a'
            "a"                                     --> 'a'
            "it's"                                  --> 'it's'
            ''                                      --> ''
            'a\\.b'                                 --> 'a\\.b'
            'it\\'s'                                --> 'it\\'s'
            'a\\\\'                                 --> 'a\\\\'
            len('a\\nb')                            --> 4
            count(lines('a\\nb'))                   --> 2
            0                                       --> 0
            42                                      --> 42
            -42                                     --> -42
            9223372036854775807                     --> 9223372036854775807
            1.5                                     --> 1.5
            -1.5                                    --> -1.5
            1e3                                     --> 1000.0
            .5                                      --> 0.5
            true                                    --> 1
            false                                   --> 0
            500ms                                   --> 500
            30s                                     --> 30000
            5m                                      --> 300000
            2h                                      --> 7200000
            3d                                      --> 259200000
            []                                      --> []
            [1, 'a', [2]]                           --> [1, 'a', [2]]
            [1, 2,]                                 --> [1, 2]
            [2m, 5m]                                --> [120000, 300000]
            optional                                --> 'optional'
            relay                                   --> 'relay'
            relay-eu                                --> 'relay-eu'
            ['x', relay-eu]                         --> ['x', 'relay-eu']
            local                                   --> 'local'
            """;

    private static final String VARIABLES = """
            rcpt                                    --> 'user@example.org'
            recipients[1]                           --> 'other@example.net'
            recipients[2]                           --> ''
            recipients[-1]                          --> ''
            recipients['1']                         --> 'other@example.net'
            recipients[1.9]                         --> 'other@example.net'
            [[1, 2], [3]][0][1]                     --> 2
            [5][0] + 1                              --> 6
            split(rcpt, '@')[0]                     --> 'user'
            authenticated_as                        --> ''
            notify_num                              --> ''
            notify_num = 0                          --> 1
            notify_num > 0                          --> 0
            notify_num + 1                          --> 1
            retry_num                               --> 3
            hop = 'relay'                           --> 1
            mx                                      --> 'mx1.example.org'
            """;

    private static final String ARITHMETIC = """
            1 + 2 * 3                               --> 7
            (1 + 2) * 3                             --> 9
            7 - 2 - 1                               --> 4
            12 / 2 / 3                              --> 2.0
            1 / 2                                   --> 0.5
            4 / 2                                   --> 2.0
            1 / 0                                   --> 0.0
            1 / 'x' + 1                             --> !
            9223372036854775807 + 1                 --> 9223372036854775807
            -9223372036854775807 - 2                --> -9223372036854775808
            9223372036854775807 * 2                 --> 9223372036854775807
            9223372036854775807 * -2                --> -9223372036854775808
            1 + 1.5                                 --> 2.5
            1 - 0.5                                 --> 0.5
            2 * 1.5                                 --> 3.0
            '3' * 2                                 --> 6
            '3' * '2.5'                             --> 7.5
            '7' - 2                                 --> 5
            'a' + 'b'                               --> 'ab'
            'a' + 1                                 --> 'a1'
            1 + 'a'                                 --> '1a'
            'a' + 1.0                               --> 'a1'
            'a' + 1.25                              --> 'a1.25'
            '' + 5                                  --> 5
            5 + ''                                  --> 5
            '' + ''                                 --> ''
            '1' + 1                                 --> '11'
            [1] + [2, 3]                            --> [1, 2, 3]
            [1] + 2                                 --> [1, 2]
            1 + [2]                                 --> [1, 2]
            [1] + ''                                --> [1, '']
            [1, 2, 1] - 1                           --> [2]
            1 - [1, 2]                              --> [2]
            [1, 2, 3] - [3, 1]                      --> [2]
            ['a', 'b'] - 'a'                        --> ['b']
            -(2 + 3)                                --> -5
            - '5'                                   --> -5
            2 - -3                                  --> 5
            2 * -3                                  --> -6
            --3                                     --> 3
            true + true                             --> 2
            rcpt_domain * 2                         --> 0
            retry_num * 2m                          --> 360000
            'rsa-' + sender_domain                  --> 'rsa-sender.test'
            'a' + ['b']                             --> ['a', 'b']
            """;

    private static final String COMPARISONS = """
            1 = 1                                   --> 1
            1 == 1                                  --> 1
            1 != 1                                  --> 0
            'a'='a'                                 --> 1
            'a' ='a'                                --> 1
            'a'= 'a'                                --> 1
            rcpt_domain='example.org'               --> 1
            'a' = 'A'                               --> 0
            1 = 1.0                                 --> 1
            '1' = 1                                 --> 1
            1 = '1.0'                               --> 1
            'abc' = 0                               --> 1
            '' = 0                                  --> 1
            'a' = 'a' = true                        --> 1
            [1, 'a'] = [1, 'a']                     --> 1
            [1] = ['1']                             --> 1
            [1] = [1, 2]                            --> 0
            ['a'] = 'a'                             --> 0
            'a' = ['a']                             --> 0
            ['a'] != 'a'                            --> 1
            1 < 2                                   --> 1
            2 <= 2                                  --> 1
            2 =< 2                                  --> 1
            3 =< 2                                  --> 0
            3 >= 2                                  --> 1
            3 => 2                                  --> 1
            2 => 3                                  --> 0
            2 > 2                                   --> 0
            'b' > 'a'                               --> 1
            'a' < 'B'                               --> 0
            '10' > 9                                --> 1
            '10' > '9'                              --> 0
            1.5 > 1                                 --> 1
            ['a'] > 'z'                             --> 1
            'z' < ['a']                             --> 1
            [1, 2] < [1, 3]                         --> 1
            [1] < [1, 0]                            --> 1
            queue_age > 5m                          --> 1
            queue_age >= 10m                        --> 1
            retry_num>0 && last_error=='tls'        --> 1
            key_get('', 'limit') > 24               --> 1
            1 < 2 = true                            --> 1
            2 + 1 > 2                               --> 1
            """;

    private static final String LOGIC = """
            true && false                           --> 0
            true & true                             --> 1
            true || false                           --> 1
            false | false                           --> 0
            true ^ true                             --> 0
            true ^ false                            --> 1
            'a' ^ ''                                --> 1
            !true                                   --> 0
            !''                                     --> 1
            !!5                                     --> 1
            !'false'                                --> 0
            'abc' || rcpt                           --> 'abc'
            '' || rcpt                              --> 1
            '' && rcpt                              --> ''
            rcpt && ''                              --> 0
            rcpt || 'x'                             --> 'user@example.org'
            authenticated_as || 'x'                 --> 1
            authenticated_as && 'x'                 --> ''
            authenticated_as || sender || rcpt      --> 1
            5 || 6                                  --> 5
            5 && 6                                  --> 1
            recipients || true                      --> ['user@example.org', 'other@example.net']
            rcpt && sender && retry_num             --> 1
            rcpt && notify_num && retry_num         --> 0
            notify_num && retry_num && rcpt         --> ''
            true && rcpt                            --> 1
            false || rcpt                           --> 1
            true && true && rcpt && false           --> 0
            1 = 1 && 2 = 3                          --> 0
            1 = 2 || 2 = 2                          --> 1
            true || false && false                  --> 1
            true || true ^ true                     --> 1
            false && true ^ true                    --> 0
            (true || false) && false                --> 0
            !rcpt = 'x'                             --> 1
            !(rcpt = 'x')                           --> 1
            !false && true                          --> 1
            false && is_local_domain('down', rcpt)  --> 0
            true || is_local_domain('down', rcpt)   --> 1
            rcpt || is_local_domain('down', rcpt)   --> 'user@example.org'
            if_then(retry_num > 2, 'a', 'b')        --> 'a'
            if_then(false, 'a', 5)                  --> 5
            if_then(true, 1, key_get('down', 'x'))  --> 1
            """;

    private static final String TEXTS = """
            trim('  a ')                            --> 'a'
            trim(['  a ', ' b'])                    --> ['a', 'b']
            trim_start(' a ')                       --> 'a '
            trim_end(' a ')                         --> ' a'
            len('hello')                            --> 5
            len('é')                                --> 2
            len([1, 2])                             --> 2
            len(12345)                              --> 5
            to_lowercase('HeLLo')                   --> 'hello'
            to_uppercase('HeLLo')                   --> 'HELLO'
            to_uppercase(['a', 'b'])                --> ['A', 'B']
            is_uppercase('HELLO')                   --> 1
            is_uppercase('HELLO 1')                 --> 1
            is_uppercase('HeLLO')                   --> 0
            is_lowercase('hello')                   --> 1
            is_lowercase('Hello')                   --> 0
            has_digits('hello2')                    --> 1
            has_digits('hello')                     --> 0
            count_spaces('hello big world')         --> 2
            count_uppercase('Hello World')          --> 2
            count_lowercase('Hello World')          --> 8
            count_chars('hi there')                 --> 8
            count_chars('😀é')                      --> 2
            contains('Hello World', 'World')        --> 1
            contains('Hello World', 'world')        --> 0
            contains(['ab', 'c'], 'a')              --> 0
            contains(['ab', 'c'], 'c')              --> 1
            contains(recipients, rcpt)              --> 1
            contains_ignore_case('Hello', 'ELL')    --> 1
            contains_ignore_case(['Hello'], 'HELLO') --> 1
            contains_ignore_case(['Hello'], 'ELL')  --> 0
            eq_ignore_case('hello', 'HELLO')        --> 1
            eq_ignore_case('hello', 'HELLO!')       --> 0
            starts_with('Hello', 'He')              --> 1
            starts_with('Hello', 'he')              --> 0
            ends_with(rcpt, '.org')                 --> 1
            is_empty('')                            --> 1
            is_empty(0)                             --> 0
            is_empty([])                            --> 1
            is_empty(authenticated_as)              --> 1
            is_empty(rcpt)                          --> 0
            is_number('123')                        --> 1
            is_number('1.5e3')                      --> 1
            is_number(5)                            --> 1
            is_number('12a')                        --> 0
            is_number('')                           --> 0
            is_number('nan')                        --> 0
            is_number('1f')                         --> 0
            is_number('0x10')                       --> 0
            is_number(' 1')                         --> 0
            is_number([1])                          --> 0
            lines('a')                              --> ['a']
            substring('hello', 1, 3)                --> 'ell'
            substring('hello', 3, 10)               --> 'lo'
            substring('hello', 9, 1)                --> ''
            substring('hello', -3, 2)               --> 'he'
            substring('a😀b', 1, 1)                 --> '😀'
            strip_prefix('re: x', 're: ')           --> 'x'
            strip_prefix('x', 're: ')               --> ''
            strip_suffix('a.org', '.org')           --> 'a'
            strip_suffix('a.net', '.org')           --> ''
            split('a.b.c', '.')                     --> ['a', 'b', 'c']
            split('a', '.')                         --> ['a']
            split('', '.')                          --> ['']
            split('a..b', '.')                      --> ['a', '', 'b']
            split('ab', '')                         --> ['ab']
            rsplit('a.b.c', '.')                    --> ['c', 'b', 'a']
            split_once('a.b.c', '.')                --> ['a', 'b.c']
            split_once('a', '.')                    --> []
            rsplit_once('a.b.c', '.')               --> ['a.b', 'c']
            rsplit_once('a', '.')                   --> []
            split_n('a.b.c.d', '.', 2)              --> ['a', 'b.c.d']
            split_n('a.b', '.', 5)                  --> ['a', 'b']
            split_n('a.b', '.', 0)                  --> []
            split_words('  a  b c ')                --> ['a', 'b', 'c']
            split_words(' ')                        --> []
            """;

    private static final String LISTS_AND_ADDRESSES = """
            count([1, 2, 3])                        --> 3
            count(recipients)                       --> 2
            count('a')                              --> 1
            count('')                               --> 0
            sort(['z', 'a', 'b'], true)             --> ['a', 'b', 'z']
            sort(['z', 'a', 'b'], false)            --> ['z', 'b', 'a']
            sort([10, 9, 1.5], true)                --> [1.5, 9, 10]
            sort(['b', 2, [1], 'a', 1], true)       --> [1, 2, 'a', 'b', [1]]
            dedup(['a', 'b', 'a'])                  --> ['a', 'b']
            winnow(['a', '', 'b', '', 0])           --> ['a', 'b', 0]
            is_intersect(['a', 'b'], ['b', 'c'])    --> 1
            is_intersect(['a'], ['b'])              --> 0
            is_intersect('a', ['a'])                --> 1
            is_intersect(recipients, [rcpt])        --> 1
            in(rcpt_domain, ['example.org', 'x'])   --> 1
            rcpt_domain in ['x', 'example.org']     --> 1
            rcpt_domain in ['x']                    --> 0
            !(rcpt_domain in ['x'])                 --> 1
            received_via_port in [25, 587]          --> 1
            received_via_port in ['25', '587']      --> 1
            rcpt in recipients && true              --> 1
            rcpt in [sender, rcpt]                  --> 1
            domain_in(['example.org'])              --> 1
            domain_in('example.org')                --> 1
            domain_in(['.example.org'])             --> 0
            domain_in('a.b.Example.org', ['.example.org']) --> 1
            domain_in('a.example.org', ['*.example.org']) --> 1
            domain_in('badexample.org', ['.example.org']) --> 0
            domain_in('EXAMPLE.org.', ['example.org']) --> 1
            domain_in('', ['', 'x'])                --> 0
            domain_in(mx, split('.example.org,x', ',')) --> 1
            domain_in(mx, [rcpt_domain])            --> 0
            glob('*@example.*', rcpt)               --> 1
            glob('user?@*', rcpt)                   --> 0
            glob('use?@EXAMPLE.org', rcpt)          --> 1
            glob('*a*b*c', 'xxaxxbxxbc')            --> 1
            glob('', '')                            --> 1
            glob('**', '')                          --> 1
            glob('a', 'ab')                         --> 0
            cidr_match(remote_ip, '192.0.2.0/24')   --> 1
            cidr_match(remote_ip, '192.0.2.0/29')   --> 1
            cidr_match(remote_ip, '192.0.2.0/30')   --> 0
            cidr_match(remote_ip, '192.0.2.7')      --> 1
            cidr_match(remote_ip, ['10.0.0.0/8', '0.0.0.0/0']) --> 1
            cidr_match(local_ip, '2001:db8::/32')   --> 1
            cidr_match(local_ip, '2001:db9::/32')   --> 0
            cidr_match(local_ip, '0.0.0.0/0')       --> 0
            cidr_match('::ffff:192.0.2.7', '192.0.2.0/24') --> 1
            cidr_match('192.0.2.7', '::ffff:192.0.2.0/120') --> 1
            cidr_match('', '0.0.0.0/0')             --> 0
            cidr_match('host.example', '0.0.0.0/0') --> 0
            is_email('user@example.com')            --> 1
            is_email('"a b"@example.com')           --> 1
            is_email('user@localhost')              --> 0
            is_email('user')                        --> 0
            is_email('@example.com')                --> 0
            is_email('a..b@example.com')            --> 0
            is_email('a b@example.com')             --> 0
            is_email('jörg@bücher.example')         --> 1
            email_part('user@example.com', 'domain') --> 'example.com'
            email_part(rcpt, 'local')               --> 'user'
            email_part('"a@b"@example.com', 'local') --> '"a@b"'
            email_part('none', 'domain')            --> ''
            is_ip_addr('192.168.1.1')               --> 1
            is_ip_addr('::1')                       --> 1
            is_ip_addr('192.168.1')                 --> 0
            is_ip_addr('192.168.01.1')              --> 0
            is_ip_addr('256.1.1.1')                 --> 0
            is_ip_addr('example.org')               --> 0
            is_ipv4_addr('192.168.1.1')             --> 1
            is_ipv4_addr('::1')                     --> 0
            is_ipv6_addr('::1')                     --> 1
            is_ipv6_addr('192.168.1.1')             --> 0
            is_ipv6_addr('1:2:3:4:5:6:7:8')         --> 1
            is_ipv6_addr('1:2:3:4:5:6:7:8:9')       --> 0
            is_ipv6_addr('1:2:3:4:5:6:7::')         --> 1
            is_ipv6_addr('1:2:3:4:5:6:7:8::')       --> 0
            is_ipv6_addr('1::2::3')                 --> 0
            is_ipv6_addr('::1.2.3.4')               --> 1
            is_ipv6_addr('1.2.3.4::')               --> 0
            is_ipv6_addr('::12345')                 --> 0
            is_ipv6_addr('fe80::1%eth0')            --> 0
            ip_reverse_name('1.2.3.4')              --> '4.3.2.1'
            ip_reverse_name('2001:db8::1')          --> \
            '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2'
            ip_reverse_name('x')                    --> ''
            """;

    private static final String LOOKUPS_AND_PATTERNS = """
            is_local_domain('', rcpt_domain)        --> 1
            is_local_domain('*', sender_domain)     --> 0
            is_local_address('', rcpt)              --> 1
            is_local_address('', sender)            --> 0
            is_local_domain('down', rcpt_domain)    --> !
            key_get('', 'word')                     --> 'hello'
            key_get('', 'none')                     --> ''
            key_get('down', 'word')                 --> !
            key_exists('', 'word')                  --> 1
            key_exists('', 'none')                  --> 0
            'MAILER-DAEMON@' + key_get('default', 'word') --> 'MAILER-DAEMON@hello'
            matches('exa', rcpt)                    --> 1
            matches('^exa', rcpt)                   --> 0
            matches('^([^@]+)@(.+)$', rcpt) && $1 = 'user' --> 1
            matches('^([^.]+)@([^.]+)\\.(.+)$', rcpt) && $3 = 'org' --> 1
            matches('(x)?u', rcpt) && $1 = ''       --> 1
            matches('u', rcpt) && $7 = ''           --> 1
            matches('u.e', rcpt) && $0 = 'use'      --> 1
            matches('u', rcpt) && !matches('zz', rcpt) && $0 = '' --> 1
            $0                                      --> ''
            matches('(?i)USER', rcpt)               --> 1
            matches('^\\d+$', 12345)                --> 1
            matches('a\\r\\nb', ['a', 'b'])         --> 1
            matches("it's", "it's")                 --> 1
            matches('\\p{Greek}', 'λ')              --> 1
            """;

    @TestFactory
    Stream<DynamicTest> everyRowGivesItsValue() {
        return Stream.of(
                        LITERALS,
                        VARIABLES,
                        ARITHMETIC,
                        COMPARISONS,
                        LOGIC,
                        TEXTS,
                        LISTS_AND_ADDRESSES,
                        LOOKUPS_AND_PATTERNS)
                .flatMap(table -> Arrays.stream(table.split("\n")))
                .map(row -> row.split("-->", 2))
                .map(row -> DynamicTest.dynamicTest(row[0].strip(), () -> check(row[0].strip(), row[1].strip())));
    }

    /** An exclamation mark = refused, when compiled or when evaluated. */
    private static void check(String source, String expected) {
        assertThat(value(source)).as(source).isEqualTo(expected);
        // White space may stand anywhere between words, tabs too.
        assertThat(value("\t" + source + "\r\n ")).as(source).isEqualTo(expected);
    }

    private static String value(String source) {
        if (!(Expression.compile(source, Sample.SCOPE) instanceof Compiled.Ok(Expression expression, var _))) {
            return "!";
        }
        try {
            Value value = expression.evaluate(new Evaluation(Sample.FACTS, Sample.LOOKUPS));
            boolean truth = expression.test(new Evaluation(Sample.FACTS, Sample.LOOKUPS));
            assertThat(truth).as("test and evaluate agree").isEqualTo(value.truthy());
            return Sample.show(value);
        } catch (EvaluationException e) {
            return "!";
        }
    }
}
