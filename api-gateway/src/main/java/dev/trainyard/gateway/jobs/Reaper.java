package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Leadership;
import dev.trainyard.job.Pools;
import dev.trainyard.message.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requeues runs whose lease has expired and jobs whose dispatch was lost. A lease is checked only when all events sent
 * before are applied, so that an outage of gateway or database ends no run; after an outage of the broker, trainers get
 * time to send their delayed events.
 */
@Singleton
public final class Reaper {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final long PROMPT_NANOS = Duration.ofSeconds(2).toNanos();

    /** Trainers retry the broker every second and then send their queued events. */
    private static final Duration BROKER_SETTLING = Duration.ofSeconds(4);

    private final Jdbi jdbi;
    private final TopicOffsets topicOffsets;
    private final EventOffsets eventOffsets;
    private final JobRules rules;
    private final Limits limits;
    private final Map<String, LostDispatchRecovery> dispatches = new TreeMap<>();
    private final Fence fence;
    private final JobsChanged jobsChanged;
    private final Counter reaped;
    private final Counter redispatched;
    private @Nullable Snapshot previous;
    /** Since when the broker has answered every poll, as {@link System#nanoTime}; null after a failed poll. */
    private @Nullable Long answeredSince;

    /**
     * Time limits.
     *
     * @param unclaimed time limit for the claim of a queued job
     * @param settling time after an outage of the broker for trainers to send delayed events
     */
    public record Limits(Duration unclaimed, Duration settling) {}

    /** End offsets of the events at a time of the database's clock. */
    private record Snapshot(Instant at, Map<TopicPartition, Long> ends) {}

    @Inject
    Reaper(
            Jdbi jdbi,
            TopicOffsets topicOffsets,
            EventOffsets eventOffsets,
            JobRules rules,
            GatewaySettings settings,
            Leadership leadership,
            JobsChanged jobsChanged,
            MeterRegistry metrics) {
        this(
                jdbi,
                topicOffsets,
                eventOffsets,
                rules,
                new Limits(settings.reaper().unclaimedLimit(), BROKER_SETTLING),
                leadership,
                jobsChanged,
                metrics);
    }

    public Reaper(
            Jdbi jdbi,
            TopicOffsets topicOffsets,
            EventOffsets eventOffsets,
            JobRules rules,
            Limits limits,
            Fence fence,
            JobsChanged jobsChanged,
            MeterRegistry metrics) {
        this.jdbi = jdbi;
        this.topicOffsets = topicOffsets;
        this.eventOffsets = eventOffsets;
        this.rules = rules;
        this.limits = limits;
        this.fence = fence;
        this.jobsChanged = jobsChanged;
        // registered here, because a rule cannot see the first increase of a counter that did not exist
        this.reaped = metrics.counter("trainyard.runs.reaped");
        this.redispatched = metrics.counter("trainyard.jobs.redispatched");
    }

    /**
     * Observes the broker without checking runs. A gateway that does not lead calls this instead of {@link #poll}, so
     * that it need not wait for the broker to settle when it takes the lead.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    public synchronized void observe() {
        try {
            Snapshot now = new Snapshot(databaseTime(), ends());
            if (isSettled()) {
                previous = now;
            }
        } catch (KafkaException e) {
            answeredSince = null;
            throw e;
        }
    }

    /** Returns true if the broker has answered for long enough that delayed events have arrived. */
    synchronized boolean isSettled() {
        return answeredSince != null
                && System.nanoTime() - answeredSince >= limits.settling().toNanos();
    }

    /**
     * Checks all runs and dispatches once.
     *
     * @return number of jobs that were requeued or failed
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer; no run is checked then
     */
    public synchronized int poll() {
        try {
            return check();
        } catch (KafkaException e) {
            answeredSince = null;
            throw e;
        }
    }

    private int check() {
        Snapshot now = new Snapshot(databaseTime(), ends());
        if (!isSettled()) {
            return 0;
        }
        int moved = 0;
        EventOffsets.Snapshot snapshot =
                eventOffsets.snapshot(topicOffsets.topic(Topics.TRAIN_EVENTS).id());
        Map<TopicPartition, Long> starts = topicOffsets.starts(Topics.TRAIN_EVENTS);
        Predicate<JobRow> current =
                job -> snapshot.isCurrent(job.key(), now.ends().size());
        if (snapshot.reached(starts, now.ends())) {
            moved = reap(now.at(), current);
        } else if (previous != null && snapshot.reached(starts, previous.ends())) {
            // under steady traffic there is always some lag, but the events up to the previous poll are applied
            moved = reap(previous.at(), current);
        }
        previous = now;
        int dispatchedAgain = redispatch(snapshot);
        redispatched.increment(dispatchedAgain);
        moved += dispatchedAgain;
        if (moved > 0) {
            LOG.info("{} jobs of lost workers or lost dispatches were requeued or failed", moved);
            jobsChanged.run();
        }
        return moved;
    }

    /** Checks the dispatches of each pool; a pool whose topic is missing does not stop the others. */
    private int redispatch(EventOffsets.Snapshot snapshot) {
        Set<String> pools = new TreeSet<>(dispatches.keySet());
        pools.add(Pools.DEFAULT);
        pools.addAll(jdbi.withHandle(DispatchQueries::poolsOnTheirWay));
        int count = 0;
        for (String pool : pools) {
            LostDispatchRecovery recovery = dispatches.computeIfAbsent(
                    pool, name -> new LostDispatchRecovery(name, jdbi, topicOffsets, rules, limits.unclaimed(), fence));
            try {
                count += recovery.poll(snapshot);
            } catch (KafkaException e) {
                if (pool.equals(Pools.DEFAULT)) {
                    throw e;
                }
                LOG.warn("dispatches of the pool {} could not be checked: {}", pool, e.toString());
            }
        }
        return count;
    }

    /** A slow answer may be the first one after an outage, so it is treated as such. */
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

    /** @param current true for jobs whose events are all applied */
    private int reap(Instant expiredBy, Predicate<JobRow> current) {
        return jdbi.inTransaction(handle -> {
            fence.check(handle);
            List<JobRow> lost = JobRow.lockAvailable(
                            handle,
                            "status = 'training_in_progress' and lease_expires_at < :by",
                            Map.of("by", expiredBy))
                    .stream()
                    .filter(current)
                    .toList();
            for (JobRow job : lost) {
                EndedAttempts.write(handle, job, rules.lost(job));
            }
            reaped.increment(lost.size());
            return lost.size();
        });
    }

    private Instant databaseTime() {
        return jdbi.withHandle(handle ->
                handle.createQuery("select now()").mapTo(Instant.class).one());
    }
}
