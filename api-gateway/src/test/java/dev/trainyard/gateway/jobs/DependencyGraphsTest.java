package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Random graphs of jobs with random results and actions: every job ends, and none starts before its dependencies. */
class DependencyGraphsTest {
    private static final int GRAPHS = 8;
    private static final int JOBS = 12;
    private static final int STEPS = 120;

    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 100_000, () -> {});
    private final JobActions actions = new JobActions(jdbi, store, () -> {});
    private final DependencyResolver resolver = new DependencyResolver(jdbi, Fence.NONE, () -> {});
    private final Map<UUID, List<UUID>> graph = new HashMap<>();

    @Test
    void everyJobEndsAndNoneStartsBeforeItsDependenciesHaveSucceeded() {
        for (int seed = 0; seed < GRAPHS; seed++) {
            Random random = new Random(seed);
            graph.clear();
            List<UUID> jobs = submitGraph(random);
            for (int step = 0; step < STEPS; step++) {
                act(random, jobs.get(random.nextInt(jobs.size())));
                if (random.nextInt(3) == 0) {
                    resolver.run();
                }
            }
            finish(jobs);
            for (UUID job : jobs) {
                JobStatus ended = status(job);
                assertThat(ended.isTerminal())
                        .as("seed %d: job %s ends, not %s", seed, job, ended)
                        .isTrue();
                if (ended == JobStatus.SUCCEEDED) {
                    assertThat(graph.get(job))
                            .as("seed %d: dependencies of %s", seed, job)
                            .allMatch(other -> status(other) == JobStatus.SUCCEEDED);
                }
            }
        }
    }

    private List<UUID> submitGraph(Random random) {
        List<UUID> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            List<UUID> after = jobs.stream()
                    .filter(job -> random.nextInt(3) == 0 && !hasBroken(job))
                    .toList();
            UUID key = ((JobStore.Stored) store.submit(new JobStore.NewJob(
                            TestConfigs.mlp(32, i), null, null, null, 50, "default", after, "default")))
                    .key();
            graph.put(key, after);
            jobs.add(key);
        }
        return jobs;
    }

    private boolean hasBroken(UUID job) {
        return status(job) == JobStatus.FAILED || status(job) == JobStatus.CANCELLED;
    }

    private void act(Random random, UUID job) {
        switch (random.nextInt(12)) {
            case 0 -> actions.performQuietly(JobAction.PAUSE, job, () -> {});
            case 1, 2 -> actions.performQuietly(JobAction.RESUME, job, () -> {});
            case 3, 4 -> actions.performQuietly(JobAction.RETRY, job, () -> {});
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    actions.performQuietly(JobAction.CANCEL, job, () -> {});
                }
            }
            default -> step(job, random.nextInt(4) == 0);
        }
    }

    /** Resumes what is paused and runs what can run, until nothing changes. */
    private void finish(List<UUID> jobs) {
        boolean changed;
        do {
            changed = resolver.run() > 0;
            for (UUID job : jobs) {
                if (status(job) == JobStatus.PAUSED && !isResumed(job)) {
                    actions.performQuietly(JobAction.CANCEL, job, () -> {}); // its dependency can never succeed
                }
                changed |= step(job, false);
            }
        } while (changed);
    }

    private boolean isResumed(UUID job) {
        return actions.performQuietly(JobAction.RESUME, job, () -> {}).orElseThrow() instanceof JobActions.Changed;
    }

    /** Starts a dispatched job or ends a running one; returns false if it is neither. */
    private boolean step(UUID key, boolean fails) {
        return jdbi.inTransaction(handle -> {
            JobRow job = JobRow.lock(handle, key).orElseThrow();
            if (job.state() instanceof JobState.Running run) {
                end(handle, job, run, fails);
                return true;
            }
            if (!(job.state() instanceof JobState.Queued queued) || !isDispatched(handle, key)) {
                return false;
            }
            assertThat(graph.get(key))
                    .as("dependencies of the started job %s", key)
                    .allMatch(other -> JobRow.lock(handle, other).orElseThrow().state() instanceof JobState.Succeeded);
            TrainEvent claim = new TrainEvent(
                    Versioned.CURRENT,
                    key,
                    queued.attempt(),
                    UUID.randomUUID(),
                    0,
                    "trainer",
                    Instant.now(),
                    new TrainEvent.Claimed());
            RunUpdates.claim(handle, job, claim, queued.claim(claim.token()), Duration.ofMinutes(1));
            return true;
        });
    }

    private static void end(Handle handle, JobRow job, JobState.Running run, boolean fails) {
        if (fails) {
            FailureCode code = FailureCode.TRAINING_DIVERGED;
            Transitions.end(handle, job, run.fail(code), TransitionReason.REJECTED, code, "as the test wants it");
        } else {
            Transitions.end(handle, job, run.succeed(), TransitionReason.COMPLETED, null, null);
        }
    }

    private static boolean isDispatched(Handle handle, UUID key) {
        return handle.createQuery("select not waiting from job where key = :key and status = 'queued'")
                .bind("key", key)
                .mapTo(Boolean.class)
                .one();
    }

    private JobStatus status(UUID key) {
        return jdbi.withHandle(handle -> handle.createQuery("select status from job where key = :key")
                .bind("key", key)
                .mapTo(String.class)
                .map(name -> JobStatus.find(name).orElseThrow())
                .one());
    }
}
