package dev.trainyard.gateway.runtime;

import dev.trainyard.artifact.StorageUnavailableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;

/** Tells transient errors of the database and the artifact store, which a retry may cure, from rejected statements. */
public final class TransientErrors {
    private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "40", "53", "57", "58");

    private TransientErrors() {}

    public static boolean isTransient(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof StorageUnavailableException
                    || e instanceof ConnectionException
                    || e instanceof SQLTransientException
                    || e instanceof SQLRecoverableException
                    || e instanceof SQLException sql && isTransientState(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the first line of the root cause's message. */
    public static String rootMessage(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * SQLSTATE classes 08 connection, 40 rolled back, 53 out of resources, 57 operator intervention, 58 system error;
     * 25P03 idle-in-transaction timeout, as after a freeze; 55P03 lock not available (PostgreSQL manual, appendix A).
     */
    private static boolean isTransientState(String state) {
        return state == null
                || state.equals("25P03")
                || state.equals("55P03")
                || TRANSIENT_CLASSES.contains(state.substring(0, Math.min(2, state.length())));
    }
}
