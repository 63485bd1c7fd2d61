package dev.trainyard.gateway.jobs;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says why a queued job does not start, other than because jobs are before it. */
final class WaitingReason {
    private WaitingReason() {}

    /** Reads {@code position} and the columns of {@link JobDependencies#columns}; null if nothing else holds the job up. */
    static @Nullable String of(ResultSet rs) throws SQLException {
        Array waitingFor = rs.getArray("waiting_for");
        if (waitingFor != null) {
            int count = ((Object[]) waitingFor.getArray()).length;
            return count == 1
                    ? "The job that it waits for has not succeeded yet."
                    : "%d jobs that it waits for have not succeeded yet.".formatted(count);
        }
        OffsetDateTime nextTry = rs.getObject("next_try", OffsetDateTime.class);
        if (nextTry != null) {
            return "It is tried again at %s.".formatted(nextTry.toInstant().truncatedTo(ChronoUnit.SECONDS));
        }
        if (rs.getObject("position") == null && rs.getBoolean("may_start")) {
            return "Its project runs as many jobs as its quota max_running allows.";
        }
        Integer trainers = rs.getObject("live_trainers", Integer.class);
        return trainers != null && trainers == 0
                ? "No trainer of the pool %s is running.".formatted(rs.getString("pool"))
                : null;
    }
}
