package dev.trainyard.gateway;

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
 * Hands out connections that answer, and lets nobody wait longer than a limit: neither for a connection nor for what is
 * asked on it. Those that were cut while they lay in the pool are passed over. While the database is away one caller at
 * a time finds out whether it is back, and the others are told at once, so that any number of callers is answered.
 */
final class BoundedConnectionFactory implements ConnectionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(BoundedConnectionFactory.class);
    private static final long PROBE_PAUSE_NANOS = Duration.ofMillis(200).toNanos();
    /** A failure this soon after an answer is a busy pool's, not the database's absence. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private static final Executor CALLER = Runnable::run;
    /**
     * Shows that the connection answers, and lets PostgreSQL release the locks of a gateway that froze within a
     * transaction; the longest that one is idle here is the relay's wait for the broker.
     */
    private static final String PING = "set idle_in_transaction_session_timeout = '20s'";

    private static final long ANSWERS = 0;

    private final DataSource pool;
    private final Duration limit;
    /** When to ask again, in nanoseconds; {@link #ANSWERS} while the database is there. */
    private final AtomicLong away = new AtomicLong(ANSWERS);
    /** When a connection last answered, in nanoseconds. */
    private volatile long answered = System.nanoTime() - FRESH_NANOS;

    /** @param limit from the wait for a connection to the last byte of its first answer */
    BoundedConnectionFactory(DataSource pool, Duration limit) {
        this.pool = pool;
        this.limit = limit;
    }

    /** @throws SQLTransientConnectionException if the database did not answer just now */
    @Override
    public Connection openConnection() throws SQLException {
        passOrFail();
        try {
            Connection connection = answering(System.nanoTime() + limit.toNanos());
            answered = System.nanoTime();
            if (away.getAndSet(ANSWERS) != ANSWERS) {
                LOG.info("the database answers again");
            }
            return connection;
        } catch (SQLException e) {
            if (System.nanoTime() - answered >= FRESH_NANOS) {
                away.set(later(PROBE_PAUSE_NANOS));
            }
            throw e;
        }
    }

    private void passOrFail() throws SQLTransientConnectionException {
        long askAgain = away.get();
        if (askAgain == ANSWERS) {
            return;
        }
        boolean due = System.nanoTime() - askAgain >= 0;
        if (!due || !away.compareAndSet(askAgain, later(limit.toNanos()))) {
            throw new SQLTransientConnectionException("the database did not answer just now", "08001");
        }
    }

    /** Never {@link #ANSWERS}. */
    private static long later(long nanos) {
        return System.nanoTime() + nanos | 1;
    }

    private Connection answering(long deadline) throws SQLException {
        while (true) {
            Connection connection = pool.getConnection();
            try {
                connection.setNetworkTimeout(CALLER, millisUntil(deadline));
                try (Statement ping = connection.createStatement()) {
                    ping.execute(PING);
                }
                connection.setNetworkTimeout(CALLER, millisUntil(deadline));
                return connection;
            } catch (SQLException e) {
                discard(connection);
                if (!TransientErrors.is(e) || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                LOG.debug("a connection was cut, taking another", e);
            }
        }
    }

    /** The pool keeps no connection whose statement failed for good. */
    private static void discard(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection that does not answer could not be closed", e);
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
