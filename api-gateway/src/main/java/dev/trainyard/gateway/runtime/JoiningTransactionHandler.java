package dev.trainyard.gateway.runtime;

import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Makes Jdbi's handles part of the thread's JTA transaction; without one their transactions are local. */
public final class JoiningTransactionHandler extends DelegatingTransactionHandler {
    private final TransactionManager manager;

    public JoiningTransactionHandler(TransactionManager manager) {
        super(new LocalTransactionHandler());
        this.manager = manager;
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return Transactions.isActive(manager)
                ? new Joined(manager)
                : getDelegate().specialize(handle);
    }

    /** Leaves begin, commit and rollback to the owner of the JTA transaction. */
    private static final class Joined implements TransactionHandler {
        private final TransactionManager manager;

        Joined(TransactionManager manager) {
            this.manager = manager;
        }

        @Override
        public void begin(Handle handle) {}

        @Override
        public void commit(Handle handle) {}

        @Override
        public void rollback(Handle handle) {
            try {
                manager.setRollbackOnly();
            } catch (SystemException e) {
                throw new TransactionException("the transaction cannot be marked for rollback", e);
            }
        }

        /** The handle has no transaction of its own that it must end when it is closed. */
        @Override
        public boolean isInTransaction(Handle handle) {
            return false;
        }

        @Override
        public void savepoint(Handle handle, String name) {
            throw new UnsupportedOperationException("savepoints within a JTA transaction");
        }

        @Override
        public void rollbackToSavepoint(Handle handle, String name) {
            throw new UnsupportedOperationException("savepoints within a JTA transaction");
        }

        @Override
        public void releaseSavepoint(Handle handle, String name) {
            throw new UnsupportedOperationException("savepoints within a JTA transaction");
        }

        @Override
        public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback) throws X {
            boolean done = false;
            try {
                R result = callback.withHandle(handle);
                done = true;
                return result;
            } finally {
                if (!done) {
                    rollback(handle);
                }
            }
        }

        @Override
        public <R, X extends Exception> R inTransaction(
                Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) {
            throw new UnsupportedOperationException("an isolation level within a JTA transaction");
        }
    }
}
