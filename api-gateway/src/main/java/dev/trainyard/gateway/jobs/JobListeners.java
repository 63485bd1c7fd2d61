package dev.trainyard.gateway.jobs;

import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobState;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.JdbiConfig;

/**
 * The listeners of a database access. They are part of its configuration, so that no code that ends a job can leave
 * them out.
 */
public final class JobListeners implements JdbiConfig<JobListeners> {
    private Supplier<List<JobListener>> listeners;

    /** No listeners; Jdbi calls this where none are set. */
    public JobListeners() {
        this(List::of);
    }

    private JobListeners(Supplier<List<JobListener>> listeners) {
        this.listeners = listeners;
    }

    /** @param listeners called for each change, because listeners may depend on the database access itself */
    public static void set(Jdbi jdbi, Supplier<List<JobListener>> listeners) {
        jdbi.configure(JobListeners.class, config -> config.listeners = listeners);
    }

    @Override
    public JobListeners createCopy() {
        return new JobListeners(listeners);
    }

    static void beforeLock(Handle handle, Collection<UUID> jobs) {
        of(handle).forEach(listener -> listener.beforeLock(handle, jobs));
    }

    /** @param before state before the epoch of a job that is locked */
    static void epochEnded(Handle handle, JobRow before, EpochMetrics metrics) {
        List<JobListener> concerned = concerned(handle, before);
        if (!concerned.isEmpty()) {
            JobRow job = JobRow.read(handle, before.key()).orElseThrow();
            concerned.forEach(listener -> listener.epochEnded(handle, job, metrics));
        }
    }

    static void ended(Handle handle, JobRow job, JobState.Terminal state) {
        concerned(handle, job).forEach(listener -> listener.ended(handle, job, state));
    }

    private static List<JobListener> concerned(Handle handle, JobRow job) {
        return of(handle).stream().filter(listener -> listener.isConcerned(job)).toList();
    }

    static boolean any(Handle handle) {
        return !of(handle).isEmpty();
    }

    private static List<JobListener> of(Handle handle) {
        return handle.getConfig(JobListeners.class).listeners.get();
    }
}
