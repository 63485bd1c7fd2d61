package dev.trainyard.gateway.training;

import dev.trainyard.job.JobState;
import dev.trainyard.message.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;

/**
 * Finds runs whose lease ran out and jobs that nobody holds, and puts them back. It acts only on what it knows: events
 * that were sent before a lease was judged have all been applied, so a gateway or database that was away kills nothing.
 */
public final class Reaper {
    private final Jdbi jdbi;
    private final QueueLag lag;
    private final EventPositions positions;
    private final JobRules rules;
    private final Duration unclaimedLimit;
    private final Runnable outboxFilled;
    private final Runnable jobEnded;
    private final MeterRegistry metrics;
    private Snapshot previous;

    /** Where the events ended at a moment of the database's clock. */
    private record Snapshot(Instant at, Map<TopicPartition, Long> ends) {}

    public Reaper(
            Jdbi jdbi,
            QueueLag lag,
            EventPositions positions,
            JobRules rules,
            Duration unclaimedLimit,
            Runnable outboxFilled,
            Runnable jobEnded,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.lag = lag;
        this.positions = positions;
        this.rules = rules;
        this.unclaimedLimit = unclaimedLimit;
        this.outboxFilled = outboxFilled;
        this.jobEnded = jobEnded;
        this.metrics = metrics;
    }

    /**
     * Looks once.
     *
     * @return how many jobs were moved
     * @throws org.apache.kafka.common.KafkaException if the broker is away; nothing is judged then
     */
    public synchronized int look() {
        Snapshot now = new Snapshot(databaseTime(), lag.ends(Topics.TRAIN_EVENTS));
        int moved = 0;
        if (applied(now)) {
            moved = reap(now.at()) + redispatch();
        } else if (previous != null && applied(previous)) {
            // under steady traffic there is always some lag; all that was sent by the last look is applied all the same
            moved = reap(previous.at());
        }
        previous = now;
        if (moved > 0) {
            outboxFilled.run();
            jobEnded.run();
        }
        return moved;
    }

    private boolean applied(Snapshot snapshot) {
        return positions.reached(lag.starts(Topics.TRAIN_EVENTS), snapshot.ends());
    }

    private int reap(Instant expiredBy) {
        return jdbi.inTransaction(handle -> {
            List<JobRow> lost = JobRow.lockFree(
                    handle, "status = 'training_in_progress' and lease_expires_at < :by", Map.of("by", expiredBy));
            for (JobRow job : lost) {
                Settlement.write(handle, job, rules.lost(job));
            }
            metrics.counter("trainyard.runs.reaped").increment(lost.size());
            return lost.size();
        });
    }

    /** Jobs whose record was consumed and never claimed: a new attempt, so that a late claim is fenced. */
    private int redispatch() {
        if (!lag.reached(Topics.TRAINERS_GROUP, Topics.TRAIN_JOBS, lag.ends(Topics.TRAIN_JOBS))) {
            return 0;
        }
        // a claim is sent before its record is committed, so whoever was claimed by now is seen after this
        if (!applied(new Snapshot(databaseTime(), lag.ends(Topics.TRAIN_EVENTS)))) {
            return 0;
        }
        return jdbi.inTransaction(handle -> {
            List<JobRow> orphans = JobRow.lockFree(handle, """
                    status = 'queued' and queued_at < now() - :limit * interval '1 ms'
                    and not exists (select 1 from outbox where record_key = cast(job.key as text))
                    """, Map.of("limit", unclaimedLimit.toMillis()));
            for (JobRow job : orphans) {
                JobState.Queued next = ((JobState.Queued) job.state()).redispatch();
                String detail = "its record was consumed and nobody claimed it";
                Transitions.requeue(handle, job, next, job.account(), "dispatch_lost", detail, Duration.ZERO);
            }
            metrics.counter("trainyard.jobs.redispatched").increment(orphans.size());
            return orphans.size();
        });
    }

    private Instant databaseTime() {
        return jdbi.withHandle(handle ->
                handle.createQuery("select now()").mapTo(Instant.class).one());
    }
}
