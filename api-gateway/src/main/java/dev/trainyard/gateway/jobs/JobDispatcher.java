package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.gateway.outbox.OutboxRelay;
import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.gateway.scheduling.DispatchLimits;
import dev.trainyard.gateway.scheduling.DispatchRound;
import dev.trainyard.gateway.scheduling.FairShare;
import dev.trainyard.gateway.scheduling.RunningJob;
import dev.trainyard.gateway.scheduling.TrainerPresence;
import dev.trainyard.gateway.scheduling.WaitingJob;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Pools;
import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Hands out waiting jobs to the trainers: as many of a pool as it has free trainers, so that order is decided late. The
 * record and {@code dispatched_at} commit together. A record that comes twice, such as from a gateway of the release
 * before, starts no second run, because only one claim of an attempt is accepted.
 */
@Singleton
public final class JobDispatcher {
    /** Time in which a free trainer claims a job; a job that takes longer holds up no other one. */
    private static final Duration CLAIM_TIME = Duration.ofSeconds(10);
    /** Jobs per transaction. */
    private static final int BATCH = 100;
    /** Further jobs that are read: those that may preempt, or take the place of one that a later release must read. */
    private static final int SPARE = DispatchRound.MOST_PREEMPTIONS;

    private final Jdbi jdbi;
    private final Fence fence;
    private final PoolTrainers trainers;
    private final JobRules rules;
    private final DispatchLimits limits;
    private final Runnable wakeRelay;
    private final Counter dispatched;

    /** Result of one transaction; {@code next} is null if no delayed job is waiting. */
    private record Pass(
            int handedOut, boolean full, @Nullable Duration next) {}

    @Inject
    JobDispatcher(
            Jdbi jdbi,
            Leadership leadership,
            PoolTrainers trainers,
            JobRules rules,
            OutboxRelay relay,
            GatewaySettings settings,
            MeterRegistry metrics) {
        this(
                jdbi,
                leadership::checkDispatch,
                trainers,
                rules,
                new DispatchLimits(
                        settings.scheduling().window(),
                        settings.scheduling().ahead(),
                        settings.scheduling().preemption()),
                relay::wake,
                metrics);
    }

    public JobDispatcher(
            Jdbi jdbi,
            Fence fence,
            PoolTrainers trainers,
            JobRules rules,
            DispatchLimits limits,
            Runnable wakeRelay,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.fence = fence;
        this.trainers = trainers;
        this.rules = rules;
        this.limits = limits;
        this.wakeRelay = wakeRelay;
        this.dispatched = metrics.counter("trainyard.jobs.dispatched");
    }

    /**
     * Hands out what can be handed out now.
     *
     * @return time until the next run; null for that of the task
     */
    public synchronized @Nullable Duration run() {
        Pass pass;
        do {
            pass = jdbi.inTransaction(this::handOut);
            if (pass.handedOut() > 0) {
                dispatched.increment(pass.handedOut());
                wakeRelay.run();
            }
        } while (pass.full());
        return pass.next();
    }

    private Pass handOut(Handle handle) {
        List<String> pools = DispatchQueries.pools(handle);
        if (pools.isEmpty()) {
            return new Pass(0, false, null);
        }
        fence.check(handle);
        List<RunningJob> running = DispatchQueries.running(handle);
        int handedOut = 0;
        boolean full = false;
        for (String pool : pools) {
            int jobs = handOut(handle, pool, running);
            full |= jobs >= BATCH;
            handedOut += jobs;
        }
        return new Pass(handedOut, full, DispatchQueries.untilNext(handle).orElse(null));
    }

    private int handOut(Handle handle, String pool, List<RunningJob> running) {
        TrainerPresence.Count count = trainers.count(pool, running);
        if (count.live() == 0 && !pool.equals(Pools.DEFAULT)) {
            return 0; // its topic may not exist before its first trainer starts
        }
        long clock = DispatchQueries.lockClock(handle, pool);
        DispatchQueries.OnTheirWay onTheirWay = DispatchQueries.onTheirWay(handle, pool, CLAIM_TIME);
        int slots = Math.min(BATCH, limits.slots(count, onTheirWay.all(), onTheirWay.recent()));
        if (slots == 0 && !limits.preemption()) {
            return 0;
        }
        FairShare order = new FairShare(clock, DispatchQueries.heads(handle, pool, slots + SPARE));
        DispatchRound round = new DispatchRound(order, new Stored(handle, rules, pool));
        int handedOut = round.fill(slots);
        if (limits.preemption()) {
            handedOut += round.preempt(
                    running.stream().filter(run -> run.pool().equals(pool)).toList());
        }
        if (handedOut > 0) {
            DispatchQueries.saveShares(handle, pool, order);
        }
        return handedOut;
    }

    /** Carries out decisions in one transaction, on jobs that have not changed and that no other transaction is changing. */
    private record Stored(Handle handle, JobRules rules, String pool) implements DispatchRound.Effects {
        @Override
        public boolean start(WaitingJob job) {
            Optional<JobRow> found = lock(job.key(), JobStatus.QUEUED);
            found.ifPresent(this::handOut);
            return found.isPresent();
        }

        @Override
        public DispatchRound.Exchanged exchange(WaitingJob job, RunningJob victim) {
            Optional<JobRow> starting = lock(job.key(), JobStatus.QUEUED);
            if (starting.isEmpty()) {
                return DispatchRound.Exchanged.JOB_UNAVAILABLE;
            }
            Optional<JobRow> stopping = lock(victim.key(), JobStatus.RUNNING);
            if (stopping.isEmpty()) {
                return DispatchRound.Exchanged.RUN_CHANGED;
            }
            EndedAttempts.write(handle, stopping.get(), rules.preempted(stopping.get(), job.priority()));
            handOut(starting.get());
            return DispatchRound.Exchanged.DONE;
        }

        private Optional<JobRow> lock(UUID key, JobStatus status) {
            return JobRow.lockWithoutListeners(
                            handle, "key = :key and status = :status", Map.of("key", key, "status", status.wireName()))
                    .stream()
                    .findFirst();
        }

        private void handOut(JobRow job) {
            QueueOrder place = handle.createQuery("""
                            update job set dispatched_at = clock_timestamp() where key = :key
                            returning cast(extract(epoch from dispatched_at) * 1000000 as bigint) as micros, number
                            """)
                    .bind("key", job.key())
                    .map((rs, context) -> new QueueOrder(rs.getLong("micros"), rs.getLong("number")))
                    .one();
            EpochLog log = job.attempt() == 1 ? EpochLog.EMPTY : EpochLog.read(handle, job.key());
            TrainJob message = Transitions.dispatch(job, log);
            Outbox.addJob(handle, Topics.jobs(pool), job.key().toString(), message, place);
        }
    }
}
