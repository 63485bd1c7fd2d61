package dev.trainyard.gateway.runtime;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens validated connections within a time limit, which also bounds the statements on them. Broken pooled connections
 * are skipped. While the database is unavailable one caller at a time probes it and all others fail at once, so that
 * requests do not pile up.
 */
public final class BoundedConnectionFactory implements ConnectionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(BoundedConnectionFactory.class);
    private static final long PROBE_PAUSE_NANOS = Duration.ofMillis(200).toNanos();
    /** A failure within this time after a success indicates a busy pool, not an unavailable database. */
    private static final long RECENT_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Executor CALLER = Runnable::run;
    /**
     * Validates the connection and makes PostgreSQL release the locks of a gateway that freezes within a transaction.
     * The longest legitimate idle time in a transaction is the relay's wait for the broker.
     */
    private static final String PING = "set idle_in_transaction_session_timeout = '20s'";

    private static final long AVAILABLE = 0;

    private final Source source;
    private final Duration limit;
    /** Time of the next probe as {@link System#nanoTime}; {@link #AVAILABLE} while the database answers. */
    private final AtomicLong nextProbe = new AtomicLong(AVAILABLE);
    /** Time of the last success as {@link System#nanoTime}. */
    private volatile long lastSuccess = System.nanoTime() - RECENT_NANOS;

    /** Gives connections, and takes back those that are broken. */
    interface Source {
        Connection open() throws SQLException;

        void discard(Connection connection) throws SQLException;
    }

    /** Takes connections of {@code pool}, which drops broken ones when they are closed. */
    public BoundedConnectionFactory(DataSource pool, Duration limit) {
        this(
                new Source() {
                    @Override
                    public Connection open() throws SQLException {
                        return pool.getConnection();
                    }

                    @Override
                    public void discard(Connection connection) throws SQLException {
                        connection.close();
                    }
                },
                limit);
    }

    /** @param limit time for obtaining a connection and its first answer */
    BoundedConnectionFactory(Source source, Duration limit) {
        this.source = source;
        this.limit = limit;
    }

    /** @throws SQLTransientConnectionException if the database did not answer just now */
    @Override
    public Connection openConnection() throws SQLException {
        failFastWhileUnavailable();
        try {
            Connection connection = openValidated(System.nanoTime() + limit.toNanos());
            lastSuccess = System.nanoTime();
            if (nextProbe.getAndSet(AVAILABLE) != AVAILABLE) {
                LOG.info("The database is available again");
            }
            return connection;
        } catch (SQLException e) {
            if (System.nanoTime() - lastSuccess >= RECENT_NANOS) {
                nextProbe.set(later(PROBE_PAUSE_NANOS));
            }
            throw e;
        }
    }

    private void failFastWhileUnavailable() throws SQLTransientConnectionException {
        long probeAt = nextProbe.get();
        if (probeAt == AVAILABLE) {
            return;
        }
        boolean due = System.nanoTime() - probeAt >= 0;
        if (!due || !nextProbe.compareAndSet(probeAt, later(limit.toNanos()))) {
            throw new SQLTransientConnectionException("the database did not answer just now", "08001");
        }
    }

    /** Never returns {@link #AVAILABLE}. */
    private static long later(long nanos) {
        return System.nanoTime() + nanos | 1;
    }

    private Connection openValidated(long deadline) throws SQLException {
        while (true) {
            Connection connection = source.open();
            try {
                connection.setNetworkTimeout(CALLER, millisUntil(deadline));
                try (Statement ping = connection.createStatement()) {
                    ping.execute(PING);
                }
                connection.setNetworkTimeout(CALLER, millisUntil(deadline));
                return connection;
            } catch (SQLException e) {
                discard(connection);
                if (!TransientErrors.isTransient(e) || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                LOG.debug("A pooled connection is broken, taking another", e);
            }
        }
    }

    private void discard(Connection connection) {
        try {
            source.discard(connection);
        } catch (SQLException e) {
            LOG.debug("A broken connection could not be closed", e);
        }
    }

    private static int millisUntil(long deadline) throws SQLTransientConnectionException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SQLTransientConnectionException("the database took too long to answer", "08001");
        }
        return (int) millis;
    }
}
