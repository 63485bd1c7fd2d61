package dev.trainyard.gateway.app;

import dev.trainyard.gateway.jobs.JobListener;
import dev.trainyard.gateway.jobs.JobListeners;
import dev.trainyard.gateway.runtime.BoundedConnectionFactory;
import dev.trainyard.gateway.runtime.JoiningTransactionHandler;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.TransactionManager;
import java.time.Duration;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Produces the access to the database: Jdbi, and the transactions that it shares with entities. */
@Singleton
class DatabaseProducers {
    private static final Duration BACKGROUND_LIMIT = Duration.ofSeconds(3);

    private final DataSource pool;
    private final TransactionManager manager;
    private final EntityManager entities;
    private final Instance<JobListener> jobListeners;

    DatabaseProducers(
            DataSource pool, TransactionManager manager, EntityManager entities, Instance<JobListener> jobListeners) {
        this.jobListeners = jobListeners;
        this.pool = pool;
        this.manager = manager;
        this.entities = entities;
    }

    /** For background tasks, which retry by themselves. */
    @Produces
    @Singleton
    Jdbi jdbi() {
        return jdbi(BACKGROUND_LIMIT);
    }

    /** For requests that a client waits for. */
    @Produces
    @Singleton
    @Identifier(Transactions.EDGE)
    Jdbi edgeJdbi() {
        return jdbi(Transactions.EDGE_LIMIT);
    }

    private Jdbi jdbi(Duration limit) {
        BoundedConnectionFactory connections = new BoundedConnectionFactory(pool, limit);
        // the connection of an active transaction is validated and bounded already
        Jdbi jdbi = Jdbi.create(
                        () -> Transactions.isActive(manager) ? pool.getConnection() : connections.openConnection())
                .setTransactionHandler(new JoiningTransactionHandler(manager));
        JobListeners.set(jdbi, () -> jobListeners.stream().toList());
        return jdbi;
    }

    /** For background tasks. */
    @Produces
    @Singleton
    Transactions transactions() {
        return new Transactions(manager, entities, pool, BACKGROUND_LIMIT);
    }

    /** For requests. */
    @Produces
    @Singleton
    @Identifier(Transactions.EDGE)
    Transactions edgeTransactions() {
        return new Transactions(manager, entities, pool, Transactions.EDGE_LIMIT);
    }
}
