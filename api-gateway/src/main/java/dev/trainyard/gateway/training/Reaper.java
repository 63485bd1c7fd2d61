package dev.trainyard.gateway.training;

import dev.trainyard.message.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;

/**
 * Finds runs whose lease ran out and jobs that nobody holds, and puts them back. It acts only on what it knows: events
 * that were sent before a lease was judged have all been applied, so a gateway or database that was away kills nothing;
 * nor does a broker, since what trainers could not send meanwhile has a while to arrive.
 */
public final class Reaper {
    private static final long PROMPT_NANOS = Duration.ofSeconds(2).toNanos();

    private final Jdbi jdbi;
    private final TopicOffsets topicOffsets;
    private final EventOffsets eventOffsets;
    private final JobRules rules;
    private final Limits limits;
    private final LostDispatchRecovery dispatches;
    private final Runnable outboxFilled;
    private final Runnable jobEnded;
    private final MeterRegistry metrics;
    private Snapshot previous;
    /** Since when the broker has answered every look, {@link System#nanoTime}; null if it did not answer the last. */
    private Long answeredSince;

    /**
     * How long is waited for what.
     *
     * @param unclaimed for the claim of a queued job
     * @param settling after the broker was away, for what trainers could not send meanwhile
     */
    public record Limits(Duration unclaimed, Duration settling) {}

    /** Where the events ended at a moment of the database's clock. */
    private record Snapshot(Instant at, Map<TopicPartition, Long> ends) {}

    public Reaper(
            Jdbi jdbi,
            TopicOffsets topicOffsets,
            EventOffsets eventOffsets,
            JobRules rules,
            Limits limits,
            Runnable outboxFilled,
            Runnable jobEnded,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.topicOffsets = topicOffsets;
        this.eventOffsets = eventOffsets;
        this.rules = rules;
        this.limits = limits;
        this.dispatches = new LostDispatchRecovery(jdbi, topicOffsets, rules, limits.unclaimed());
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
    public synchronized int poll() {
        try {
            return judge();
        } catch (KafkaException e) {
            answeredSince = null;
            throw e;
        }
    }

    private int judge() {
        Snapshot now = new Snapshot(databaseTime(), ends());
        if (System.nanoTime() - answeredSince < limits.settling().toNanos()) {
            return 0;
        }
        int moved = 0;
        EventOffsets.Snapshot snapshot = eventOffsets.snapshot();
        Map<TopicPartition, Long> starts = topicOffsets.starts(Topics.TRAIN_EVENTS);
        Predicate<JobRow> known = job -> snapshot.isCurrent(job.key(), now.ends().size());
        if (snapshot.reached(starts, now.ends())) {
            moved = reap(now.at(), known);
        } else if (previous != null && snapshot.reached(starts, previous.ends())) {
            // under steady traffic there is always some lag; all that was sent by the last look is applied all the same
            moved = reap(previous.at(), known);
        }
        previous = now;
        int redispatched = dispatches.poll(snapshot);
        metrics.counter("trainyard.jobs.redispatched").increment(redispatched);
        moved += redispatched;
        if (moved > 0) {
            outboxFilled.run();
            jobEnded.run();
        }
        return moved;
    }

    /** An answer that was long in coming may be the first after the broker was away, so it is taken for that. */
    private Map<TopicPartition, Long> ends() {
        long asked = System.nanoTime();
        Map<TopicPartition, Long> ends = topicOffsets.ends(Topics.TRAIN_EVENTS);
        long answered = System.nanoTime();
        if (answeredSince == null || answered - asked > PROMPT_NANOS) {
            answeredSince = answered;
            previous = null;
        }
        return ends;
    }

    /** @param known whether all events of a job up to the look are applied */
    private int reap(Instant expiredBy, Predicate<JobRow> known) {
        return jdbi.inTransaction(handle -> {
            List<JobRow> lost = JobRow.lockAvailable(
                            handle,
                            "status = 'training_in_progress' and lease_expires_at < :by",
                            Map.of("by", expiredBy))
                    .stream()
                    .filter(known)
                    .toList();
            for (JobRow job : lost) {
                EndedAttempts.write(handle, job, rules.lost(job));
            }
            metrics.counter("trainyard.runs.reaped").increment(lost.size());
            return lost.size();
        });
    }

    private Instant databaseTime() {
        return jdbi.withHandle(handle ->
                handle.createQuery("select now()").mapTo(Instant.class).one());
    }
}
