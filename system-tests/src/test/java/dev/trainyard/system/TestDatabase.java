package dev.trainyard.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** Connects to the platform's database. Locks of the test can hold a gateway at a chosen statement. */
final class TestDatabase {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String url;
    private final String user;
    private final String password;

    private TestDatabase(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    /** @param gateway environment of a gateway */
    static TestDatabase of(Map<String, String> gateway) throws IOException {
        return new TestDatabase(
                gateway.get("QUARKUS_DATASOURCE_JDBC_URL"),
                gateway.get("QUARKUS_DATASOURCE_USERNAME"),
                Files.readString(Path.of(gateway.get("QUARKUS_DATASOURCE_PASSWORD_FILE")))
                        .strip());
    }

    private Connection open() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** The first field of the first row as a number; 0 if there is no row. */
    long number(String sql, Object... arguments) throws SQLException {
        String answer = text(sql, arguments);
        return answer == null ? 0 : Long.parseLong(answer);
    }

    /** The first field of the first row; null if there is no row. */
    String text(String sql, Object... arguments) throws SQLException {
        try (Connection connection = open();
                PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet answer = statement.executeQuery()) {
            return answer.next() ? answer.getString(1) : null;
        }
    }

    /** Runs {@code sql} in a transaction that holds its locks until it is closed and rolled back. */
    HeldLock hold(String sql, Object... arguments) throws SQLException {
        Connection connection = open();
        connection.setAutoCommit(false);
        try (PreparedStatement statement = prepare(connection, sql, arguments)) {
            statement.execute();
        }
        return new HeldLock(connection);
    }

    /** An open transaction of the test. */
    record HeldLock(Connection connection) implements AutoCloseable {
        @Override
        public void close() throws SQLException {
            connection.close(); // rolls back
        }
    }

    /** Waits until a session that runs {@code statement} waits for a lock. */
    void awaitBlocked(String statement) throws SQLException {
        try (Connection connection = open();
                PreparedStatement query = prepare(connection, """
                        select 1 from pg_stat_activity
                        where wait_event_type = 'Lock' and query like ? and pid <> pg_backend_pid()
                        """, "%" + statement + "%")) {
            await(statement)
                    .atMost(LIMIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5)) // the gateway's statement times out soon
                    .until(() -> {
                        try (ResultSet blocked = query.executeQuery()) {
                            return blocked.next();
                        }
                    });
        }
    }

    /** Terminates every other connection; returns their number. */
    long terminateAllConnections() throws SQLException {
        return number("""
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """);
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }
}
