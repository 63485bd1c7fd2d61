package dev.trainyard.gateway.training;

import dev.trainyard.message.JobPlace;
import dev.trainyard.message.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
    /** Jobs that are watched at once; those that wait longest come first. */
    private static final int WATCHED = 1_000;

    private final Jdbi jdbi;
    private final QueueLag lag;
    private final EventPositions positions;
    private final JobRules rules;
    private final Limits limits;
    private final Runnable outboxFilled;
    private final Runnable jobEnded;
    private final MeterRegistry metrics;
    private Snapshot previous;
    private Watch watch;
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
            QueueLag lag,
            EventPositions positions,
            JobRules rules,
            Limits limits,
            Runnable outboxFilled,
            Runnable jobEnded,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.lag = lag;
        this.positions = positions;
        this.rules = rules;
        this.limits = limits;
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
        EventPositions.Standing standing = positions.standing();
        Map<TopicPartition, Long> starts = lag.starts(Topics.TRAIN_EVENTS);
        Predicate<JobRow> known = job -> standing.knows(job.key(), now.ends().size());
        if (standing.reached(starts, now.ends())) {
            moved = reap(now.at(), known);
        } else if (previous != null && standing.reached(starts, previous.ends())) {
            // under steady traffic there is always some lag; all that was sent by the last look is applied all the same
            moved = reap(previous.at(), known);
        }
        previous = now;
        moved += redispatch(standing);
        if (moved > 0) {
            outboxFilled.run();
            jobEnded.run();
        }
        return moved;
    }

    /** An answer that was long in coming may be the first after the broker was away, so it is taken for that. */
    private Map<TopicPartition, Long> ends() {
        long asked = System.nanoTime();
        Map<TopicPartition, Long> ends = lag.ends(Topics.TRAIN_EVENTS);
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
            List<JobRow> lost = JobRow.lockFree(
                            handle,
                            "status = 'training_in_progress' and lease_expires_at < :by",
                            Map.of("by", expiredBy))
                    .stream()
                    .filter(known)
                    .toList();
            for (JobRow job : lost) {
                Settlement.write(handle, job, rules.lost(job));
            }
            metrics.counter("trainyard.runs.reaped").increment(lost.size());
            return lost.size();
        });
    }

    /**
     * Queued jobs, each with its attempt, whose records are on the topic: they are before {@code records}.
     *
     * @param events where the events ended once those records were consumed; null before
     * @param expired partitions of which records were deleted before a trainer had read them
     */
    private record Watch(
            Map<UUID, Waiting> jobs,
            Map<TopicPartition, Long> records,
            Map<TopicPartition, Long> events,
            Set<TopicPartition> expired) {

        /** Whether the record of {@code job} may have been deleted before a trainer had read it. */
        boolean mayHaveExpired(UUID job) {
            int partition = new JobPlace(0, jobs.get(job).number()).partition(records.size());
            return expired.contains(new TopicPartition(Topics.TRAIN_JOBS, partition));
        }
    }

    /** @param number of the job, by which the partition of its record was chosen */
    private record Waiting(int attempt, long number) {}

    /** Jobs whose record was consumed and never claimed. Those behind them in the queue are not waited for. */
    private int redispatch(EventPositions.Standing standing) {
        if (watch == null) {
            Map<UUID, Waiting> jobs = unclaimed();
            if (jobs.isEmpty()) {
                return 0;
            }
            watch = new Watch(jobs, lag.ends(Topics.TRAIN_JOBS), null, Set.of());
        }
        if (watch.events() == null) {
            if (!lag.reached(Topics.TRAINERS_GROUP, Topics.TRAIN_JOBS, watch.records())) {
                return 0;
            }
            // a claim is sent before its record is committed, so whoever was claimed by now is seen after this
            Set<TopicPartition> expired = lag.expired(Topics.TRAINERS_GROUP, Topics.TRAIN_JOBS, watch.records());
            watch = new Watch(watch.jobs(), watch.records(), lag.ends(Topics.TRAIN_EVENTS), expired);
        }
        if (!standing.reached(lag.starts(Topics.TRAIN_EVENTS), watch.events())) {
            return 0;
        }
        Watch seen = watch;
        int partitions = watch.events().size();
        watch = null;
        seen.jobs().keySet().removeIf(key -> !standing.knows(key, partitions));
        return redispatch(seen);
    }

    private Map<UUID, Waiting> unclaimed() {
        Map<UUID, Waiting> jobs = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select key, attempt, number from job
                        where status = 'queued' and queued_at < now() - :limit * interval '1 ms'
                            and not exists (select 1 from outbox
                                where record_key = cast(job.key as text) and quarantined_at is null)
                        order by queued_at limit :most
                        """)
                .bind("limit", limits.unclaimed().toMillis())
                .bind("most", WATCHED)
                .map((rs, context) -> jobs.put(rs.getObject(1, UUID.class), new Waiting(rs.getInt(2), rs.getLong(3))))
                .list());
        return jobs;
    }

    private int redispatch(Watch seen) {
        Map<UUID, Waiting> jobs = seen.jobs();
        String keys = jobs.keySet().stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
        return jdbi.inTransaction(handle -> {
            List<JobRow> orphans = JobRow.lockFree(
                            handle, "status = 'queued' and key = any(cast(:keys as uuid[]))", Map.of("keys", keys))
                    .stream()
                    .filter(job -> job.attempt() == jobs.get(job.key()).attempt())
                    .toList();
            for (JobRow job : orphans) {
                JobRules.Settle settle = seen.mayHaveExpired(job.key())
                        ? rules.expired(job)
                        : rules.unclaimed(job, Transitions.redispatched(handle, job.key()));
                Settlement.write(handle, job, settle);
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
