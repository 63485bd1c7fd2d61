package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.TransitionReason;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets waiting jobs into the queue once their dependencies have succeeded, and ends those that can never start. A task
 * of its own, because the end of one job may concern any number of others. A trigger wakes it at the commit.
 */
@Singleton
public final class DependencyResolver {
    /** Jobs per transaction. */
    private static final int BATCH = 100;

    /** Waiting jobs whose dependencies have all succeeded, or of which one can never succeed. */
    private static final String DECIDED = """
            select job.key from job, lateral (
                select bool_and(other.status is not distinct from 'success') as met,
                    bool_or(coalesce(other.status, 'failed') in ('failed', 'cancelled')) as broken
                from job_dependency d left join job other on other.key = d.depends_on
                where d.job_key = job.key and not d.succeeded) dependencies
            where job.waiting and job.status = 'queued' and (met is not false or broken)
            order by job.number limit :limit
            """;

    private final Jdbi jdbi;
    private final Fence fence;
    private final JobsChanged jobsChanged;

    @Inject
    DependencyResolver(Jdbi jdbi, Leadership leadership, JobsChanged jobsChanged) {
        this(jdbi, (Fence) leadership, jobsChanged);
    }

    public DependencyResolver(Jdbi jdbi, Fence fence, JobsChanged jobsChanged) {
        this.jdbi = jdbi;
        this.fence = fence;
        this.jobsChanged = jobsChanged;
    }

    /** Settles the waiting jobs that are decided, and those that wait for jobs which end thereby; returns their number. */
    public int run() {
        int settled = 0;
        int batch;
        do {
            batch = jdbi.inTransaction(this::settle);
            settled += batch;
        } while (batch > 0);
        if (settled > 0) {
            jobsChanged.run();
        }
        return settled;
    }

    private int settle(Handle handle) {
        List<UUID> decided = handle.createQuery(DECIDED)
                .bind("limit", BATCH)
                .mapTo(UUID.class)
                .list();
        if (decided.isEmpty()) {
            return 0;
        }
        fence.check(handle);
        String keys = decided.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
        List<JobRow> jobs = JobRow.lockAvailable(
                handle, "key = any(cast(:keys as uuid[])) and waiting and status = 'queued'", Map.of("keys", keys));
        int settled = 0;
        for (JobRow job : jobs) {
            settled += settle(handle, job) ? 1 : 0;
        }
        return settled;
    }

    /** Decides again now that the job is locked. */
    private static boolean settle(Handle handle, JobRow job) {
        DependencyRules.Decision decision = DependencyRules.decide(JobDependencies.open(handle, job.key()));
        if (decision instanceof DependencyRules.Start) {
            Transitions.letThrough(handle, job);
        } else if (decision instanceof DependencyRules.End end) {
            end(handle, job, end);
        }
        return !(decision instanceof DependencyRules.Wait);
    }

    private static void end(Handle handle, JobRow job, DependencyRules.End end) {
        JobState.Live live = (JobState.Live) job.state();
        String why = "It waited for " + end.dependency().problem() + ".";
        if (end.cancels()) {
            Transitions.end(handle, job, live.cancel(), TransitionReason.DEPENDENCY_CANCELLED, null, why);
        } else {
            FailureCode code = FailureCode.DEPENDENCY_FAILED;
            Transitions.end(handle, job, live.fail(code), TransitionReason.DEPENDENCY_FAILED, code, why);
        }
    }
}
