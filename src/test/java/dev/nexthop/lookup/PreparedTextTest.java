package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreparedTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT 1                                | SELECT 1                        | ``    | true",
                "select a from t where b = ?             | select a from t where b = ?     | 0     | true",
                "SELECT a FROM t WHERE b = $1            | SELECT a FROM t WHERE b = ?     | 0     | true",
                "SELECT $2, $1, $2                       | SELECT ?, ?, ?                  | 1 0 1 | true",
                "SELECT '?', '$1', 'it''s ?', ?          | SELECT '?', '$1', 'it''s ?', ?  | 0     | true",
                "SELECT \"a?\" FROM t WHERE x = ?        | SELECT \"a?\" FROM t WHERE x = ? | 0     | true",
                "SELECT E'\\'?' , ?                      | SELECT E'\\'?' , ?              | 0     | true",
                "SELECT $$ ? $1 $$, $x$ $$ ? $x$, $1     | SELECT $$ ? $1 $$, $x$ $$ ? $x$, ? | 0  | true",
                "SELECT a$1 FROM t                       | SELECT a$1 FROM t               | ``    | true",
                "SELECT /* ? /* ? */ */ 1 WHERE 1 = ?    | SELECT   1 WHERE 1 = ?          | 0     | true",
                "SELECT 1; -- ?                          | SELECT 1                        | ``    | true",
                "WITH x AS (SELECT 1) SELECT * FROM x    | WITH x AS (SELECT 1) SELECT * FROM x | `` | true",
                "(SELECT 1)                              | (SELECT 1)                      | ``    | true",
                "INSERT INTO t VALUES (?, ?)             | INSERT INTO t VALUES (?, ?)     | 0 1   | false",
                "update t set a = $1 where b = $2        | update t set a = ? where b = ?  | 0 1   | false",
            })
    void statementsAreReadAsJdbcWantsThem(String written, String sql, String order, boolean reads) {
        PreparedText text = PreparedText.of(written);
        assertThat(text.sql().strip()).isEqualTo(sql);
        List<Integer> expected = order.isEmpty()
                ? List.of()
                : Arrays.stream(order.split(" ")).map(Integer::valueOf).toList();
        assertThat(text.order()).isEqualTo(expected);
        assertThat(text.reads()).isEqualTo(reads);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                            | there is no statement",
                "-- only a comment             | there is no statement",
                "SELECT 1; DROP TABLE t        | behind the semicolon stands more",
                "SELECT 1; ; SELECT ?          | behind the semicolon stands more",
                "SELECT '                      | a quote is not closed",
                "SELECT \"a                    | a quote is not closed",
                "SELECT /* ?                   | a comment is not closed",
                "SELECT $x$ ?                  | a text between dollar signs is not closed",
                "SELECT ? WHERE a = $1         | either ? or $1, $2",
                "SELECT $2                     | uses $2, but not $1",
                "SELECT $0                     | arguments are $1 to $100",
                "SELECT $99999999999           | arguments are $1 to $100",
            })
    void whatCantBeExecutedIsRefused(String written, String why) {
        assertThatThrownBy(() -> PreparedText.of(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
