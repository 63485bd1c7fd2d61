package dev.trainyard.gateway.audit;

import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import org.jdbi.v3.core.Jdbi;

/** The audit log for changes of entities: records within the active transaction, and fails without one. */
@Singleton
@Transactional(TxType.MANDATORY)
public class AuditWriter {
    private final Jdbi jdbi;

    AuditWriter(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public void record(AuditedChange change) {
        jdbi.useHandle(handle -> AuditLog.record(handle, change));
    }
}
