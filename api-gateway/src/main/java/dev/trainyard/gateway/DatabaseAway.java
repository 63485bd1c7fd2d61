package dev.trainyard.gateway;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import org.jdbi.v3.core.ConnectionException;

/** Tells a database that cannot be reached, where a retry helps, from a statement that it refused. */
public final class DatabaseAway {
    private DatabaseAway() {}

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

    /** Classes 08 connection, 40 rolled back, 53 out of resources, 57P shutdown (PostgreSQL manual, appendix A). */
    private static boolean isPassing(String state) {
        return state == null
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("57P");
    }
}
