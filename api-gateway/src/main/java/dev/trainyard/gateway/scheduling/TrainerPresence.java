package dev.trainyard.gateway.scheduling;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Which trainers of one pool are alive and free. A trainer is in the consumer group only while it waits for a job, and has a running
 * job otherwise; in between it is seen in neither for a moment. This also holds for trainers of earlier releases, which
 * report nothing.
 */
public final class TrainerPresence {
    /** A trainer counts for this time after it was seen; a dead one leaves the consumer group sooner. */
    static final Duration SEEN = Duration.ofSeconds(15);
    /** A member of the group that has had a job for longer was restarted, and its job's lease will expire. */
    static final Duration LEAVING = Duration.ofSeconds(3);

    private final String pool;
    private final Predicate<String> serves;
    private final LongSupplier nanos;
    private final Map<String, Long> seen = new HashMap<>();
    private final Map<String, Long> members = new HashMap<>();
    private Map<Run, Long> runs = Map.of();

    /** A running attempt of a job. */
    private record Run(String worker, UUID key, int attempt) {}

    /**
     * Numbers of trainers.
     *
     * @param live that were seen recently
     * @param free the live ones without a running job
     */
    public record Count(int live, int free) {}

    /** @param nanos monotonic clock */
    public TrainerPresence(String pool, LongSupplier nanos) {
        this(pool, name -> false, nanos);
    }

    /** @param serves returns true for the name of a trainer that serves this pool besides others */
    public TrainerPresence(String pool, Predicate<String> serves, LongSupplier nanos) {
        this.pool = pool;
        this.serves = serves;
        this.nanos = nanos;
    }

    /**
     * Notes the members of the pool's consumer group.
     *
     * @param asked when they were asked for
     */
    public void members(Collection<String> names, long asked) {
        names.forEach(name -> {
            seen.put(name, asked);
            members.put(name, asked);
        });
    }

    /** @param running the running attempts of all pools, because a trainer may serve several */
    public Count count(Collection<RunningJob> running) {
        long now = nanos.getAsLong();
        Map<Run, Long> current = new HashMap<>();
        running.forEach(job -> {
            Run run = new Run(job.worker(), job.key(), job.attempt());
            current.put(run, runs.getOrDefault(run, now));
            if (job.pool().equals(pool) || serves.test(job.worker())) {
                seen.put(job.worker(), now);
            }
        });
        runs = current;
        seen.values().removeIf(at -> now - at > SEEN.toNanos());
        members.keySet().retainAll(seen.keySet());
        Set<String> free = new HashSet<>(seen.keySet());
        current.forEach((run, since) -> {
            Long member = members.get(run.worker());
            if (member == null || member - since < LEAVING.toNanos()) {
                free.remove(run.worker());
            }
        });
        return new Count(seen.size(), free.size());
    }
}
