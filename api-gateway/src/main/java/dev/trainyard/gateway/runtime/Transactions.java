package dev.trainyard.gateway.runtime;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work in a JTA transaction, which entities and Jdbi handles share. The transaction begins with a validated
 * connection whose statements are bounded in time, so that an unavailable database fails as fast as with Jdbi alone.
 */
public final class Transactions {
    /** Identifier of the bean for requests, which wait less than background tasks. */
    public static final String EDGE = "edge";
    /** An unavailable database or broker is reported to a client within 2 s, including queues and earlier statements. */
    public static final Duration EDGE_LIMIT = Duration.ofMillis(1_500);

    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    private final TransactionManager manager;
    private final EntityManager entities;
    private final BoundedConnectionFactory connections;

    /** @param limit time for obtaining the connection, and for each of its statements */
    public Transactions(TransactionManager manager, EntityManager entities, DataSource pool, Duration limit) {
        this.manager = manager;
        this.entities = entities;
        this.connections = new BoundedConnectionFactory(new TransactionalSource(pool), limit);
    }

    /** Begins a transaction with each connection; the pool gives the same connection until the transaction ends. */
    private final class TransactionalSource implements BoundedConnectionFactory.Source {
        private final DataSource pool;

        private TransactionalSource(DataSource pool) {
            this.pool = pool;
        }

        @Override
        public Connection open() throws SQLException {
            try {
                manager.begin();
            } catch (NotSupportedException | SystemException e) {
                throw new TransactionException("no transaction could be started", e);
            }
            try {
                return pool.getConnection();
            } catch (SQLException | RuntimeException e) {
                rollBack();
                throw e;
            }
        }

        @Override
        public void discard(Connection connection) throws SQLException {
            connection.close();
            rollBack();
        }
    }

    /** Returns the result of {@code work}, which joins the active transaction if there is one. */
    public <T> T call(Supplier<T> work) {
        if (isActive(manager)) {
            return work.get();
        }
        begin();
        T result;
        try {
            result = work.get();
            entities.flush();
        } catch (PersistenceException e) {
            rollBack();
            throw TransientErrors.isTransient(e) ? new DatabaseUnavailableException(e) : e;
        } catch (RuntimeException | Error e) {
            rollBack();
            throw e;
        }
        commit();
        return result;
    }

    /** As {@link #call}, in a transaction of its own whose queries all read the same state of the database. */
    public <T> T snapshot(Supplier<T> work) {
        if (isActive(manager)) {
            throw new IllegalStateException("the isolation level of an active transaction cannot change");
        }
        return call(() -> {
            entities.createNativeQuery("set transaction isolation level repeatable read")
                    .executeUpdate();
            return work.get();
        });
    }

    public void run(Runnable work) {
        call(() -> {
            work.run();
            return null;
        });
    }

    /** Returns true if the thread has a transaction. */
    public static boolean isActive(TransactionManager manager) {
        try {
            return manager.getStatus() != Status.STATUS_NO_TRANSACTION;
        } catch (SystemException e) {
            throw new TransactionException("the state of the transaction is unknown", e);
        }
    }

    private void begin() {
        try {
            connections.openConnection().close(); // stays with the transaction
        } catch (SQLException e) {
            if (isActive(manager)) {
                rollBack();
            }
            throw new ConnectionException(e);
        }
    }

    /** Everything is flushed, so that only the database or the way to it can make the commit fail. */
    private void commit() {
        try {
            if (manager.getStatus() == Status.STATUS_MARKED_ROLLBACK) {
                rollBack();
                throw new IllegalStateException("a part of the transaction was rolled back");
            }
            manager.commit();
        } catch (RollbackException | HeuristicMixedException | HeuristicRollbackException | SystemException e) {
            throw new TransactionException(
                    "the commit was not confirmed", new SQLTransientConnectionException(e.getMessage(), "08007", e));
        }
    }

    private void rollBack() {
        try {
            manager.rollback();
        } catch (SystemException | IllegalStateException e) {
            LOG.debug("A transaction could not be rolled back; the database does it when the connection ends", e);
        }
    }
}
