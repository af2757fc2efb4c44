package dev.nexthop.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nexthop.expr.Value;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every SQL store does alike. */
abstract class SqlStoreContract {
    /** A store with {@link Sql#TABLES} and a second or more for each question. */
    abstract RemoteStore store();

    private Value ask(String statement, Object... arguments) throws Exception {
        List<Value> values = java.util.Arrays.stream(arguments)
                .map(it -> it instanceof Integer number ? Value.of(number.longValue()) : Value.of(it.toString()))
                .toList();
        return store().query(PreparedText.of(statement), values);
    }

    @Test
    void configuredQueriesAnswerKeys() throws Exception {
        assertThat(store().get("routes", "example.org")).isEqualTo("relay");
        assertThat(store().get("routes", "example.com")).isNull();
        assertThat(store().exists("routes", "example.net")).isTrue();
        assertThat(store().exists("routes", "example.com")).isFalse();
    }

    @Test
    void keysAndCountersLiveInTheTablesOfTheManual() throws Exception {
        assertThat(store().get("", "k")).isNull();
        store().set("k", "v'; DROP TABLE routes; --");
        store().set("k", "w'\"$1?");
        assertThat(store().get("", "k")).isEqualTo("w'\"$1?");
        assertThat(store().exists("", "k")).isTrue();
        long before = store().counter("n");
        assertThat(store().increment("n", 5)).isEqualTo(before + 5);
        assertThat(store().increment("n", -2)).isEqualTo(before + 3);
        assertThat(store().counter("n")).isEqualTo(before + 3);
        assertThat(store().counter("m")).isZero();
    }

    @Test
    void rowsBecomeValues() throws Exception {
        assertThat(ask("SELECT hop FROM routes WHERE domain = ?", "example.org"))
                .isEqualTo(Value.of("relay"));
        assertThat(ask("SELECT hop, weight FROM routes WHERE domain = ?", "example.org"))
                .isEqualTo(Value.of(List.of(Value.of("relay"), Value.of(10))));
        assertThat(ask("SELECT hop FROM routes ORDER BY weight")).isEqualTo(Value.ofTexts(List.of("relay", "bulk")));
        assertThat(ask("SELECT hop, weight FROM routes ORDER BY weight DESC"))
                .isEqualTo(Value.of(List.of(
                        Value.of(List.of(Value.of("bulk"), Value.of(20))),
                        Value.of(List.of(Value.of("relay"), Value.of(10))))));
        assertThat(ask("SELECT hop FROM routes WHERE domain = ?", "no")).isEqualTo(Value.of(List.of()));
        assertThat(ask("SELECT NULL")).isEqualTo(Value.of(""));
        assertThat(ask("SELECT hop FROM routes WHERE weight = $1", 20)).isEqualTo(Value.of("bulk"));
    }

    @Test
    void whatChangesRowsSaysHowMany() throws Exception {
        assertThat(ask("UPDATE routes SET weight = weight WHERE weight > ?", 5)).isEqualTo(Value.of(2));
        assertThat(ask("DELETE FROM routes WHERE domain = ?", "none.test")).isEqualTo(Value.of(0));
    }

    /** An argument is never read as SQL. */
    @Test
    void whatASenderWroteStaysAnArgument() throws Exception {
        for (String hostile : List.of("'; DROP TABLE routes; --", "' OR '1'='1", "\\'; --", "%", "$1", "?")) {
            assertThat(store().get("routes", hostile)).isNull();
            assertThat(ask("SELECT ?", hostile)).isEqualTo(Value.of(hostile));
        }
        assertThat(ask("SELECT count(*) FROM routes")).isEqualTo(Value.of(2));
        assertThatThrownBy(() -> store().get("routes", "a\0b")).hasMessageContaining("U+0000");
    }

    @Test
    void aQuestionCantWrite() {
        assertThatThrownBy(() -> ask("WITH gone AS (SELECT 1) DELETE FROM routes"))
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> ask("WITH x AS (SELECT 1) INSERT INTO routes VALUES ('w.test', 'x', 1)"))
                .hasMessageContaining("refused");
    }

    @Test
    void answersAreBounded() {
        String many = IntStream.range(0, 40)
                .mapToObj(i -> "(1)")
                .reduce((a, b) -> a + "," + b)
                .orElse("");
        String rows = "SELECT 1 FROM (VALUES " + many + ") a, (VALUES " + many + ") b";
        assertThatThrownBy(() -> ask(rows)).hasMessageContaining("more than 1000 rows");
        String wide = "WITH t(x) AS (VALUES (?)) SELECT " + "x || ".repeat(199) + "x FROM t";
        assertThatThrownBy(() -> ask(wide, "y".repeat(6000))).hasMessageContaining("characters");
    }

    @Test
    void anErrorNamesTheCauseAndNoArgument() {
        assertThatThrownBy(() -> ask("SELECT x FROM nowhere WHERE y = ?", "jane@example.org"))
                .hasMessageContaining("nowhere")
                .hasMessageNotContaining("jane");
        assertThatThrownBy(() -> store().query(PreparedText.of("SELECT ?"), List.of(Value.ofTexts(List.of("a", "b")))))
                .hasMessageContaining("argument 1 is a list");
    }
}
