package dev.trainyard.gateway.jobs;

import dev.trainyard.job.JobHistory;
import dev.trainyard.job.JobState;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The simulated database with its outbox. */
final class SimStore {
    static final long LEASE_MILLIS = 60_000;

    final Map<UUID, Job> jobs = new LinkedHashMap<>();
    final Deque<Versioned> outbox = new ArrayDeque<>();
    final List<String> wrong = new ArrayList<>();
    private final JobRules rules;
    private final BiFunction<JobRow, TrainEvent, JobRules.Decision> judge;

    static final class Job {
        JobRow row;
        long leaseExpires;
        long queuedAt;
        long claimedAt;
        /** Null while it waits in the database. */
        Long dispatchedAt;

        final Request request;
        final long number;
        final int epochs;
        final List<JobHistory.Transition> transitions = new ArrayList<>();
        final List<JobHistory.Epoch> epochEvents = new ArrayList<>();
        final List<Integer> published = new ArrayList<>();
        final Set<String> applied = new HashSet<>();
        /** Newest first. */
        final Deque<TrainJob.Checkpoint> checkpoints = new ArrayDeque<>();

        Job(JobRow row, int epochs, Request request, long number) {
            this.row = row;
            this.epochs = epochs;
            this.request = request;
            this.number = number;
        }

        boolean isWaiting() {
            return row.state() instanceof JobState.Queued && dispatchedAt == null;
        }

        boolean isOnItsWay() {
            return row.state() instanceof JobState.Queued && dispatchedAt != null;
        }

        JobHistory history() {
            return new JobHistory(
                    row.key().toString(), row.state().status(), epochs, true, transitions, epochEvents, published);
        }
    }

    /** What a client asks for beside the training. */
    record Request(String project, int priority, @Nullable Integer holdAfterEpoch) {}

    /** @param judge decides over events: the rules themselves, or a broken form of them */
    SimStore(JobRules rules, BiFunction<JobRow, TrainEvent, JobRules.Decision> judge) {
        this.rules = rules;
        this.judge = judge;
    }

    void submit(UUID key, int epochs, Request request, long now) {
        JobState.Queued queued = JobState.Queued.first();
        JobRow row = new JobRow(
                key,
                queued,
                -1,
                null,
                new RetryPolicy.FailureCounts(0, 0),
                0,
                0,
                epochs,
                null,
                null,
                request.holdAfterEpoch(),
                null);
        Job job = new Job(row, epochs, request, jobs.size());
        job.queuedAt = now;
        job.transitions.add(new JobHistory.Transition(null, JobStatus.QUEUED, 1, TransitionReason.SUBMITTED));
        jobs.put(key, job);
    }

    void apply(TrainEvent event, long now) {
        Job job = jobs.get(event.key());
        JobRules.Decision decision = judge.apply(job.row, event);
        if (decision instanceof JobRules.Drop) {
            return;
        }
        if (decision instanceof JobRules.Fence) {
            order(job, event.attempt(), event.token(), TrainControl.Command.FENCED);
            return;
        }
        if (!job.applied.add(event.token() + "/" + event.sequence())) {
            wrong.add("job %s applied event %d twice".formatted(event.key(), event.sequence()));
        }
        if (decision instanceof JobRules.Claim claim) {
            move(job, claim.to(), TransitionReason.CLAIMED, event.sequence(), job.row.failureCounts());
            job.row = with(job.row, job.row.epochsDone(), job.row.epochsDone()).withWorker(event.worker());
            job.claimedAt = now;
            job.leaseExpires = now + LEASE_MILLIS;
        } else if (decision instanceof JobRules.EndAttempt end) {
            end(job, end, now);
        } else if (decision instanceof JobRules.Complete complete) {
            move(job, complete.to(), TransitionReason.COMPLETED, event.sequence(), job.row.failureCounts());
            if (((TrainEvent.Succeeded) event.fact()).model() != null) {
                job.published.add(event.attempt());
            }
        } else {
            advance(job, event, now);
            if (decision instanceof JobRules.Hold hold) {
                move(job, hold.to(), TransitionReason.RUNG, event.sequence(), job.row.failureCounts());
                order(job, job.row.attempt(), null, TrainControl.Command.PAUSE);
            }
        }
    }

    private void advance(Job job, TrainEvent event, long now) {
        job.leaseExpires = now + LEASE_MILLIS;
        JobRow row = job.row;
        int done = row.epochsDone();
        RetryPolicy.FailureCounts failureCounts = row.failureCounts();
        if (event.fact() instanceof TrainEvent.EpochEnded epoch) {
            Integer hold = row.holdAfterEpoch();
            if (hold != null && epoch.metrics().epoch() > hold) {
                wrong.add("job %s applied epoch %d, beyond its hold after %d"
                        .formatted(event.key(), epoch.metrics().epoch(), hold));
            }
            job.epochEvents.add(
                    new JobHistory.Epoch(event.attempt(), epoch.metrics().epoch()));
            failureCounts = row.failureCountsAfter(epoch.metrics().epoch());
            if (epoch.metrics().epoch() > done) {
                done = epoch.metrics().epoch();
                job.checkpoints.addFirst(new TrainJob.Checkpoint(done, epoch.checkpoint()));
            }
        }
        job.row = new JobRow(
                row.key(),
                row.state(),
                event.sequence(),
                row.worker(),
                failureCounts,
                row.epochsAtClaim(),
                done,
                row.epochs(),
                null,
                null,
                row.holdAfterEpoch(),
                null);
    }

    void reap(long expiredBy, long now) {
        for (Job job : jobs.values()) {
            if (job.row.state() instanceof JobState.Running && job.leaseExpires < expiredBy) {
                end(job, rules.lost(job.row), now);
            }
        }
    }

    void redispatch(long dispatchedBefore, long now) {
        for (Job job : jobs.values()) {
            if (job.isOnItsWay() && job.dispatchedAt < dispatchedBefore) {
                end(job, rules.unclaimed(job.row, redispatched(job)), now);
            }
        }
    }

    private static int redispatched(Job job) {
        int count = 0;
        for (int i = job.transitions.size() - 1;
                job.transitions.get(i).reason() == TransitionReason.DISPATCH_LOST;
                i--) {
            count++;
        }
        return count;
    }

    void cancel(UUID key) {
        Job job = jobs.get(key);
        if (job.row.state() instanceof JobState.Live live) {
            move(
                    job,
                    live.cancel(),
                    TransitionReason.CANCELLED_BY_CLIENT,
                    job.row.lastSequence(),
                    job.row.failureCounts());
            order(job, job.row.attempt(), null, TrainControl.Command.CANCEL);
        }
    }

    void pause(UUID key) {
        Job job = jobs.get(key);
        JobState to;
        if (job.row.state() instanceof JobState.Queued queued) {
            to = queued.pause();
        } else if (job.row.state() instanceof JobState.Running run) {
            to = run.pause();
        } else {
            return;
        }
        move(job, to, TransitionReason.PAUSED_BY_CLIENT, job.row.lastSequence(), job.row.failureCounts());
        order(job, job.row.attempt(), null, TrainControl.Command.PAUSE);
    }

    void resume(UUID key, long now) {
        Job job = jobs.get(key);
        if (job.row.state() instanceof JobState.Paused paused && !job.row.isHeld()) {
            requeue(job, paused.resume(), TransitionReason.RESUMED_BY_CLIENT, job.row.failureCounts(), now);
        }
    }

    /** @param nextHold returns the next hold of a job, null for none */
    void promote(UUID key, Function<JobRow, @Nullable Integer> nextHold, long now) {
        Job job = jobs.get(key);
        if (job.row.isHeld()) {
            JobRow row = job.row;
            job.row = new JobRow(
                    row.key(),
                    row.state(),
                    row.lastSequence(),
                    row.worker(),
                    row.failureCounts(),
                    row.epochsAtClaim(),
                    row.epochsDone(),
                    row.epochs(),
                    null,
                    null,
                    nextHold.apply(row),
                    null);
            JobState.Queued next = ((JobState.Paused) row.state()).resume();
            requeue(job, next, TransitionReason.PROMOTED, row.failureCounts(), now);
        }
    }

    void retry(UUID key, long now) {
        Job job = jobs.get(key);
        if (job.row.state() instanceof JobState.Failed failed) {
            requeue(job, failed.retry(), TransitionReason.RETRIED_BY_CLIENT, new RetryPolicy.FailureCounts(0, 0), now);
        }
    }

    private void end(Job job, JobRules.EndAttempt end, long now) {
        if (end.fence() && job.row.state() instanceof JobState.Running run) {
            order(job, run.attempt(), run.token(), TrainControl.Command.FENCED);
        }
        if (end.outcome().to() instanceof JobState.Queued next) {
            requeue(job, next, end.reason(), end.outcome().failureCounts(), now);
        } else {
            JobState to = end.outcome().to();
            move(job, to, end.reason(), -1, end.outcome().failureCounts());
        }
    }

    private void requeue(
            Job job, JobState.Queued to, TransitionReason reason, RetryPolicy.FailureCounts failureCounts, long now) {
        move(job, to, reason, -1, failureCounts);
        if (!reason.keepsQueuePosition()) {
            job.queuedAt = now;
        }
        job.dispatchedAt = null;
    }

    private static void move(
            Job job, JobState to, TransitionReason reason, long sequence, RetryPolicy.FailureCounts failureCounts) {
        JobRow row = job.row;
        job.transitions.add(new JobHistory.Transition(row.state().status(), to.status(), to.attempt(), reason));
        job.row = new JobRow(
                row.key(),
                to,
                sequence,
                row.worker(),
                failureCounts,
                row.epochsAtClaim(),
                row.epochsDone(),
                row.epochs(),
                null,
                null,
                row.holdAfterEpoch(),
                null);
    }

    private static JobRow with(JobRow row, int atClaim, int done) {
        return new JobRow(
                row.key(),
                row.state(),
                row.lastSequence(),
                row.worker(),
                row.failureCounts(),
                atClaim,
                done,
                row.epochs(),
                null,
                null,
                row.holdAfterEpoch(),
                null);
    }

    void preempt(Job victim, Job urgent, long now) {
        end(victim, rules.preempted(victim.row, urgent.request.priority()), now);
    }

    void dispatch(Job job, long now) {
        job.dispatchedAt = now;
        int newest = job.checkpoints.isEmpty() ? 0 : job.checkpoints.getFirst().epoch();
        if (newest != job.row.epochsDone()) {
            wrong.add("job %s has done %d epochs and would resume after %d"
                    .formatted(job.row.key(), job.row.epochsDone(), newest));
        }
        outbox.add(new TrainJob(
                Versioned.CURRENT,
                job.row.key(),
                job.row.attempt(),
                null,
                List.copyOf(job.checkpoints),
                List.of(),
                Instant.EPOCH,
                job.row.holdAfterEpoch()));
    }

    private void order(Job job, int attempt, UUID token, TrainControl.Command command) {
        outbox.add(new TrainControl(Versioned.CURRENT, job.row.key(), attempt, token, command, Instant.EPOCH));
    }
}
