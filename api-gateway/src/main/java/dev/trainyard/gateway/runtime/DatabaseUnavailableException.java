package dev.trainyard.gateway.runtime;

import jakarta.persistence.PersistenceException;
import org.jdbi.v3.core.JdbiException;

/** A transient database error that Hibernate reported, as one of the errors that callers of Jdbi expect. */
final class DatabaseUnavailableException extends JdbiException {
    private static final long serialVersionUID = 1;

    DatabaseUnavailableException(PersistenceException cause) {
        super(cause.getMessage(), cause);
    }
}
