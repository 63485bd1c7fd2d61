package dev.trainyard.gateway;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;

/** Tells a database that cannot be reached, where a retry helps, from a statement that it refused. */
public final class TransientErrors {
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58");

    private TransientErrors() {}

    public static boolean is(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof ConnectionException
                    || e instanceof SQLTransientException
                    || e instanceof SQLRecoverableException
                    || e instanceof SQLException sql && isPassing(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** The first line of what the innermost cause says; the outer ones repeat it after the name of its class. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Classes 08 connection, 40 rolled back, 53 out of resources, 57 operator intervention, 58 system error; 25P03 idle
     * in a transaction for too long, as after a freeze; 55P03 lock not available (PostgreSQL manual, appendix A).
     */
    private static boolean isPassing(String state) {
        return state == null
                || state.equals("25P03")
                || state.equals("55P03")
                || PASSING_CLASSES.contains(state.substring(0, Math.min(2, state.length())));
    }
}
