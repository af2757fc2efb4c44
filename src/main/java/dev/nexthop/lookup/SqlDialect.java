package dev.nexthop.lookup;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What databases do differently. */
enum SqlDialect {
    /** SQLite, in this process. */
    SQLITE {
        @Override
        void readOnly(Connection connection, boolean reads) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA query_only = " + (reads ? "ON" : "OFF"));
            }
        }
    },
    /** PostgreSQL, over the network. */
    POSTGRESQL {
        @Override
        void readOnly(Connection connection, boolean reads) throws SQLException {
            connection.setReadOnly(reads);
        }
    };

    /** Makes the next transaction one that can't write, or one that can. */
    abstract void readOnly(Connection connection, boolean reads) throws SQLException;
}
