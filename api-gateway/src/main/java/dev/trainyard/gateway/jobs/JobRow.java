package dev.trainyard.gateway.jobs;

import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fields that determine a job's next state, read under a row lock.
 *
 * @param holdAfterEpoch epoch after which it pauses until it is promoted; null if it runs to its end
 * @param study the study of which it is a trial; null for none
 */
public record JobRow(
        UUID key,
        JobState state,
        long lastSequence,
        String worker,
        RetryPolicy.FailureCounts failureCounts,
        int epochsAtClaim,
        int epochsDone,
        int epochs,
        TrainingConfig config,
        @Nullable UUID verifies,
        @Nullable Integer holdAfterEpoch,
        @Nullable UUID study) {
    private static final Logger LOG = LoggerFactory.getLogger(JobRow.class);
    /** Jobs already logged as unreadable, because each poll reads them again. */
    private static final Set<UUID> UNREADABLE = ConcurrentHashMap.newKeySet();

    private static final String SELECT = """
            select job.*, coalesce((select max(epoch) from job_epoch where job_key = job.key), 0) as epochs_done
            from job where %s for update of job
            """;

    public int attempt() {
        return state.attempt();
    }

    JobRow withWorker(String name) {
        return new JobRow(
                key,
                state,
                lastSequence,
                name,
                failureCounts,
                epochsAtClaim,
                epochsDone,
                epochs,
                config,
                verifies,
                holdAfterEpoch,
                study);
    }

    /** Returns true if the job waits for its promotion. */
    public boolean isHeld() {
        return state instanceof JobState.Paused && isHeldAfter(epochsDone);
    }

    /** A hold after the last epoch or later is none, because the job ends there. */
    boolean isHeldAfter(int epoch) {
        return holdAfterEpoch != null && epoch >= holdAfterEpoch && epoch < epochs;
    }

    boolean epochGained() {
        return epochsDone > epochsAtClaim;
    }

    /** Returns the failure counts after {@code epoch} was applied. */
    RetryPolicy.FailureCounts failureCountsAfter(int epoch) {
        return epoch > epochsDone ? failureCounts.epochGained() : failureCounts;
    }

    /** Locks the job until the end of the transaction. */
    public static Optional<JobRow> lock(Handle handle, UUID key) {
        JobListeners.beforeLock(handle, List.of(key));
        return read(handle, key);
    }

    /** Reads a job that the transaction has locked, or whose lock no listener needs to know of. */
    static Optional<JobRow> read(Handle handle, UUID key) {
        return handle.createQuery(SELECT.formatted("key = :key"))
                .bind("key", key)
                .map((rs, context) -> read(rs))
                .findOne();
    }

    /** Locks the jobs that match {@code condition} and are not locked; skips jobs of a later release. */
    static List<JobRow> lockAvailable(Handle handle, String condition, Map<String, ?> bindings) {
        if (!JobListeners.any(handle)) {
            return lockWithoutListeners(handle, condition, bindings);
        }
        List<UUID> keys = handle.createQuery("select key from job where " + condition)
                .bindMap(bindings)
                .mapTo(UUID.class)
                .list();
        if (keys.isEmpty()) {
            return List.of();
        }
        JobListeners.beforeLock(handle, keys);
        Map<String, Object> both = new HashMap<>(bindings);
        both.put("lockable", keys.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}")));
        return lockWithoutListeners(handle, "key = any(cast(:lockable as uuid[])) and (" + condition + ")", both);
    }

    /** As {@link #lockAvailable}, for changes that neither end a job nor apply an epoch. */
    static List<JobRow> lockWithoutListeners(Handle handle, String condition, Map<String, ?> bindings) {
        return handle
                .createQuery(SELECT.formatted(condition) + " skip locked")
                .bindMap(bindings)
                .map((rs, context) -> readIfKnown(rs))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** A job written by a later release must not block the others. */
    private static Optional<JobRow> readIfKnown(ResultSet rs) throws SQLException {
        UUID key = rs.getObject("key", UUID.class);
        try {
            JobRow row = read(rs);
            UNREADABLE.remove(key);
            return Optional.of(row);
        } catch (UncheckedIOException | NoSuchElementException | IllegalArgumentException e) {
            if (UNREADABLE.add(key)) {
                LOG.error("Job {} is skipped, it needs a later release: {}", key, e.toString());
            }
            return Optional.empty();
        }
    }

    private static JobRow read(ResultSet rs) throws SQLException {
        return new JobRow(
                rs.getObject("key", UUID.class),
                state(rs),
                rs.getLong("last_sequence"),
                rs.getString("worker"),
                new RetryPolicy.FailureCounts(rs.getInt("charged_attempts"), rs.getInt("fruitless_deaths")),
                rs.getInt("epochs_at_claim"),
                rs.getInt("epochs_done"),
                rs.getInt("epochs"),
                config(rs.getString("config")),
                rs.getObject("verifies", UUID.class),
                rs.getObject("hold_after_epoch", Integer.class),
                rs.getObject("study", UUID.class));
    }

    private static JobState state(ResultSet rs) throws SQLException {
        int attempt = rs.getInt("attempt");
        JobStatus status = JobStatus.find(rs.getString("status")).orElseThrow();
        return switch (status) {
            case QUEUED -> new JobState.Queued(attempt);
            case RUNNING -> new JobState.Running(attempt, rs.getObject("token", UUID.class));
            case PAUSED -> new JobState.Paused(attempt);
            case SUCCEEDED -> new JobState.Succeeded(attempt);
            case FAILED -> new JobState.Failed(attempt, FailureCode.of(rs.getString("failure_code")));
            case CANCELLED -> new JobState.Cancelled(attempt);
        };
    }

    static TrainingConfig config(String json) {
        try {
            return WireJson.mapper().readValue(json, TrainingConfig.class);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored configuration cannot be read", e);
        }
    }
}
