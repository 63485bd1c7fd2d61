package dev.trainyard.gateway.audit;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Deletes expired entries by the function of the database, which is the only way to delete any. */
@Singleton
public class AuditRetention {
    private final Jdbi jdbi;

    AuditRetention(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Deletes at most {@code maxRows} entries that are older than {@code age}; returns their number. */
    public int deleteOld(Duration age, int maxRows) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select delete_old_audit_entries(make_interval(secs => :age), :most)")
                        .bind("age", age.toSeconds())
                        .bind("most", maxRows)
                        .mapTo(Integer.class)
                        .one());
    }
}
