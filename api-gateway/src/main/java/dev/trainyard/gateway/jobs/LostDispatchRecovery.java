package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Queues jobs of one pool again whose record was consumed or expired without a claim, for another dispatch. Partitions
 * are independent, so that a record that no running trainer can read delays only its own partition.
 */
final class LostDispatchRecovery {
    /** Jobs that are added to the watch list per poll, longest on their way first. */
    private static final int BATCH = 1_000;
    /** Time after which a job is removed from the watch list; it is added again if it is still queued. */
    private static final long WATCHED_NANOS = Duration.ofDays(1).toNanos();
    /**
     * Gateways of the previous release send a job to the partition of its key. That partition is checked as well for a
     * limited time, because the database does not record the sender; a second record would be fenced by its attempt.
     */
    private static final long EARLIER_RELEASE_NANOS = Duration.ofMinutes(10).toNanos();

    private final String pool;
    private final String topic;
    private final Jdbi jdbi;
    private final TopicOffsets topicOffsets;
    private final JobRules rules;
    private final Duration unclaimedLimit;
    private final Fence fence;
    private final Map<UUID, Watched> watched = new HashMap<>();
    /** Last job added to the watch list; null to start again with the oldest. */
    private @Nullable Unclaimed last;

    private @Nullable Consumed consumed;
    /** Id of the topic that the offsets of {@link #watched} belong to. */
    private @Nullable UUID topicId;

    private record Unclaimed(UUID key, int attempt, long number, Instant dispatchedAt) {}

    /**
     * A queued job whose record is on the topic.
     *
     * @param number job number, from which this release derives the partition
     * @param records end offset by partition after the record was sent
     * @param since {@link System#nanoTime} at which it was added
     */
    private record Watched(int attempt, long number, Map<TopicPartition, Long> records, long since) {
        boolean reached(UUID key, Map<TopicPartition, TopicOffsets.Position> positions) {
            return reached(byNumber(), positions)
                    && (reached(byKey(key), positions) || System.nanoTime() - since >= EARLIER_RELEASE_NANOS);
        }

        boolean mayHaveExpired(UUID key, Map<TopicPartition, TopicOffsets.Position> positions) {
            return Stream.of(byNumber(), byKey(key))
                    .anyMatch(partition -> positions.containsKey(partition)
                            && positions.get(partition).expired(end(partition)));
        }

        private boolean reached(TopicPartition partition, Map<TopicPartition, TopicOffsets.Position> positions) {
            TopicOffsets.Position position = positions.get(partition);
            return position != null && position.reached(end(partition));
        }

        private String topic() {
            return records.keySet().iterator().next().topic();
        }

        private long end(TopicPartition partition) {
            return Objects.requireNonNull(records.get(partition));
        }

        private TopicPartition byNumber() {
            return new TopicPartition(topic(), new QueueOrder(0, number).partition(records.size()));
        }

        private TopicPartition byKey(UUID key) {
            return new TopicPartition(topic(), EventOffsets.partition(key, records.size()));
        }
    }

    /**
     * Jobs whose records were consumed or have expired.
     *
     * @param expired jobs whose record may have been deleted unread
     * @param events end offsets of the events afterwards
     */
    private record Consumed(Map<UUID, Watched> jobs, Set<UUID> expired, Map<TopicPartition, Long> events) {}

    LostDispatchRecovery(
            String pool, Jdbi jdbi, TopicOffsets topicOffsets, JobRules rules, Duration unclaimedLimit, Fence fence) {
        this.pool = pool;
        this.topic = Topics.jobs(pool);
        this.jdbi = jdbi;
        this.topicOffsets = topicOffsets;
        this.rules = rules;
        this.unclaimedLimit = unclaimedLimit;
        this.fence = fence;
    }

    /** Checks once; returns the number of jobs that were dispatched again or failed. */
    int poll(EventOffsets.Snapshot snapshot) {
        if (!watched.isEmpty() || consumed != null) {
            forgetAnotherTopic();
        }
        watchMore();
        if (consumed == null) {
            consumed = consumed();
        }
        if (consumed == null || !snapshot.reached(topicOffsets.starts(Topics.TRAIN_EVENTS), consumed.events())) {
            return 0;
        }
        Consumed seen = consumed;
        consumed = null;
        seen.jobs()
                .keySet()
                .removeIf(key -> !snapshot.isCurrent(key, seen.events().size()));
        return redispatch(seen);
    }

    /** Records of a topic that was created again are watched anew, because their offsets begin at 0. */
    private void forgetAnotherTopic() {
        if (!Objects.equals(topicOffsets.topic(topic).id(), topicId)) {
            watched.clear();
            consumed = null;
            last = null;
        }
    }

    private void watchMore() {
        long now = System.nanoTime();
        watched.values().removeIf(job -> now - job.since() >= WATCHED_NANOS);
        List<Unclaimed> batch = unclaimed();
        last = batch.size() < BATCH ? null : batch.get(batch.size() - 1);
        batch.removeIf(job -> isWatched(job.attempt(), watched.get(job.key()))
                || consumed != null && isWatched(job.attempt(), consumed.jobs().get(job.key())));
        if (!batch.isEmpty()) {
            topicId = topicOffsets.topic(topic).id();
            Map<TopicPartition, Long> records = topicOffsets.ends(topic);
            batch.forEach(job -> watched.put(job.key(), new Watched(job.attempt(), job.number(), records, now)));
        }
    }

    private static boolean isWatched(int attempt, @Nullable Watched job) {
        return job != null && job.attempt() == attempt;
    }

    /** Returns null if no watched record was consumed. */
    private @Nullable Consumed consumed() {
        if (watched.isEmpty()) {
            return null;
        }
        Map<TopicPartition, TopicOffsets.Position> positions = topicOffsets.positions(Topics.TRAINERS_GROUP, topic);
        Map<UUID, Watched> jobs = new HashMap<>(watched);
        jobs.entrySet().removeIf(job -> !job.getValue().reached(job.getKey(), positions));
        if (jobs.isEmpty()) {
            return null;
        }
        Set<UUID> expired = new HashSet<>(jobs.keySet());
        expired.removeIf(key -> !Objects.requireNonNull(jobs.get(key)).mayHaveExpired(key, positions));
        // a claim is sent before its record's offset is committed, so all claims so far precede these offsets
        Map<TopicPartition, Long> events = topicOffsets.ends(Topics.TRAIN_EVENTS);
        watched.keySet().removeAll(jobs.keySet());
        return new Consumed(jobs, expired, events);
    }

    /**
     * Jobs that were handed out. The limit also applies since {@code updated_at}, because a gateway of the release before
     * that dispatches a job again does not change {@code dispatched_at}.
     */
    private List<Unclaimed> unclaimed() {
        return new ArrayList<>(jdbi.withHandle(handle -> handle.createQuery("""
                        select key, attempt, number, dispatched_at from job
                        where status = 'queued' and pool = :pool and dispatched_at < now() - :limit * interval '1 ms'
                            and updated_at < now() - :limit * interval '1 ms'
                            and (dispatched_at, number) > (cast(:after as timestamptz), :number)
                            and not exists (select 1 from outbox
                                where record_key = cast(job.key as text) and quarantined_at is null)
                        order by dispatched_at, number limit :most
                        """)
                .bind("limit", unclaimedLimit.toMillis())
                .bind("pool", pool)
                .bind("after", last == null ? "-infinity" : last.dispatchedAt().toString())
                .bind("number", last == null ? 0 : last.number())
                .bind("most", BATCH)
                .map((rs, context) -> new Unclaimed(
                        rs.getObject("key", UUID.class),
                        rs.getInt("attempt"),
                        rs.getLong("number"),
                        rs.getObject("dispatched_at", OffsetDateTime.class).toInstant()))
                .list()));
    }

    private int redispatch(Consumed seen) {
        Map<UUID, Watched> jobs = seen.jobs();
        String keys = jobs.keySet().stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
        return jdbi.inTransaction(handle -> {
            fence.check(handle);
            List<JobRow> orphans = JobRow.lockAvailable(
                            handle, "status = 'queued' and key = any(cast(:keys as uuid[]))", Map.of("keys", keys))
                    .stream()
                    .filter(job -> job.attempt()
                            == Objects.requireNonNull(jobs.get(job.key())).attempt())
                    .toList();
            for (JobRow job : orphans) {
                JobRules.EndAttempt end = seen.expired().contains(job.key())
                        ? rules.expired(job)
                        : rules.unclaimed(job, Transitions.redispatched(handle, job.key()));
                EndedAttempts.write(handle, job, end);
            }
            return orphans.size();
        });
    }
}
