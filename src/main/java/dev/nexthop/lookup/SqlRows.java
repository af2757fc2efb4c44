package dev.nexthop.lookup;

import dev.nexthop.expr.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Rows as values, within bounds. */
final class SqlRows {
    /** Most rows of an answer. */
    static final int MAX_ROWS = 1_000;

    /** Most characters of an answer, over all its rows. */
    static final int MAX_TEXT = 1024 * 1024;

    private SqlRows() {}

    static List<List<Value>> read(ResultSet results) throws SQLException, StoreFailure {
        List<List<Value>> rows = new ArrayList<>();
        int columns = results.getMetaData().getColumnCount();
        long size = 0;
        while (results.next()) {
            if (rows.size() == MAX_ROWS) {
                throw new StoreFailure("the answer has more than " + MAX_ROWS + " rows; the statement needs a LIMIT");
            }
            List<Value> row = new ArrayList<>(columns);
            for (int i = 1; i <= columns; i++) {
                Value value = value(results, i);
                size += value.asText().length();
                row.add(value);
            }
            if (size > MAX_TEXT) {
                throw new StoreFailure("the answer has more than " + MAX_TEXT + " characters");
            }
            rows.add(row);
        }
        return rows;
    }

    /** One column only: its values in place of the rows. One row only: it in place of the list. */
    static Value value(List<List<Value>> rows) {
        List<Value> all = rows.stream()
                .map(row -> row.size() == 1 ? row.getFirst() : Value.of(row))
                .toList();
        return all.size() == 1 ? all.getFirst() : Value.of(all);
    }

    private static Value value(ResultSet results, int column) throws SQLException, StoreFailure {
        Object found = results.getObject(column);
        return switch (found) {
            case null -> Value.Text.EMPTY;
            case Boolean truth -> Value.of(truth.booleanValue());
            case Byte _, Short _, Integer _, Long _ -> Value.of(((Number) found).longValue());
            case BigInteger number -> number(new BigDecimal(number));
            case BigDecimal number -> number(number);
            case Float _, Double _ -> new Value.Real(((Number) found).doubleValue());
            case byte[] _ -> throw new StoreFailure("column " + column + " holds octets; convert it to text");
            case Array array -> array(array);
            default -> Value.of(String.valueOf(results.getString(column)));
        };
    }

    private static Value number(BigDecimal number) {
        boolean whole = number.stripTrailingZeros().scale() <= 0;
        boolean fits = whole && number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
        return fits ? Value.of(number.longValueExact()) : new Value.Real(number.doubleValue());
    }

    private static Value array(Array array) throws SQLException, StoreFailure {
        if (!(array.getArray() instanceof Object[] items)) {
            throw new StoreFailure("a column holds an array of an unknown kind");
        }
        List<Value> values = new ArrayList<>();
        for (Object item : items) {
            values.add(item == null ? Value.Text.EMPTY : Value.of(item.toString()));
        }
        return Value.of(values);
    }
}
