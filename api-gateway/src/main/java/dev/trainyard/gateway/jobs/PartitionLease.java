package dev.trainyard.gateway.jobs;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Leases partitions of {@code train.events} to this gateway through PostgreSQL, evenly among all live gateways. A
 * reader that lost its lease while it hung may still apply its current batch: sequence numbers make that harmless, and
 * its offsets are no longer stored.
 */
@Singleton
public final class PartitionLease {
    /** Renewed once per second; allows several failed renewals or a pause of the machine. */
    private static final Duration LEASE = Duration.ofSeconds(4);

    /** Assignments; a position of the release before has no topic. */
    private static final String SAME_TOPIC = """
            next_offset = case when topic_id <> cast(:topic as uuid) then 0 else next_offset end,
            stopped_reason = case when topic_id <> cast(:topic as uuid) then null else stopped_reason end,
            topic_id = coalesce(cast(:topic as uuid), topic_id)
            """;

    private final Jdbi jdbi;
    private final UUID reader;
    private final Duration lease;
    /** Confined to the thread that reads the events. */
    private final Set<Integer> stopped = new HashSet<>();
    /** The topic that this reader's positions belong to; null if the broker gives no ids. */
    private @Nullable UUID topicId;

    @Inject
    PartitionLease(Jdbi jdbi) {
        this(jdbi, UUID.randomUUID(), LEASE);
    }

    /** @param lease time after the last renewal until a reader is considered dead, by the database's clock */
    public PartitionLease(Jdbi jdbi, UUID reader, Duration lease) {
        this.jdbi = jdbi;
        this.reader = reader;
        this.lease = lease;
    }

    /**
     * Renews the leases of this reader, releases partitions beyond its share and acquires free ones. If the topic was
     * created again, its partitions are read from the start.
     *
     * @return next offset to apply by leased partition
     */
    public Map<Integer, Long> renew(TopicOffsets.Topic topic) {
        int partitions = topic.partitions();
        topicId = topic.id();
        return jdbi.inTransaction(handle -> {
            Renewal renewal = extend(handle);
            int share = (partitions + renewal.readers() - 1) / renewal.readers();
            if (renewal.partitions() < partitions) {
                addMissing(handle, partitions);
            }
            Map<Integer, Long> mine = renewal.mine();
            release(handle, mine, mine.size() - share);
            take(handle, mine, share - mine.size());
            return mine;
        });
    }

    /**
     * State after this reader's leases were extended.
     *
     * @param readers number of live readers, with this one
     * @param partitions number of known partitions
     * @param mine next offset to apply by partition of this reader
     */
    private record Renewal(int readers, int partitions, Map<Integer, Long> mine) {}

    private static void addMissing(Handle handle, int partitions) {
        handle.createUpdate("""
                        insert into event_position (partition, next_offset)
                        select number, 0 from generate_series(0, :last) number
                        where not exists (select 1 from event_position where partition = number)
                        on conflict do nothing
                        """).bind("last", partitions - 1).execute();
    }

    /** One statement, because it runs every second. An expired lease that no other reader has taken is extended too. */
    private Renewal extend(Handle handle) {
        Map<Integer, Long> mine = new TreeMap<>();
        return handle.createQuery("""
                        with expired as (delete from event_reader where alive_until < now() and id <> :reader),
                        alive as (
                            insert into event_reader (id, alive_until)
                            values (:reader, now() + :lease * interval '1 ms')
                            on conflict (id) do update set alive_until = excluded.alive_until),
                        mine as (
                            update event_position set owned_until = now() + :lease * interval '1 ms',
                        """ + SAME_TOPIC + """
                            where reader = :reader
                            returning partition, next_offset)
                        select 1 + (select count(*) from event_reader where alive_until >= now() and id <> :reader)
                                as readers,
                            (select count(*) from event_position) as partitions, partition, next_offset
                        from (select 1) always left join mine on true
                        """)
                .bind("reader", reader)
                .bind("topic", topicId)
                .bind("lease", lease.toMillis())
                .reduceResultSet(new Renewal(1, 0, mine), (before, rs, context) -> {
                    int partition = rs.getInt("partition");
                    if (!rs.wasNull()) {
                        mine.put(partition, rs.getLong("next_offset"));
                    }
                    return new Renewal(rs.getInt("readers"), rs.getInt("partitions"), mine);
                });
    }

    private void release(Handle handle, Map<Integer, Long> mine, int surplus) {
        // stopped partitions first: another reader may be of a later release
        List<Integer> given = mine.keySet().stream()
                .sorted(Comparator.comparing(partition -> !stopped.contains(partition)))
                .limit(Math.max(0, surplus))
                .toList();
        stopped.removeAll(given);
        for (int partition : given) {
            handle.createUpdate("update event_position set reader = null, owned_until = null "
                            + "where partition = :partition and reader = :reader")
                    .bind("partition", partition)
                    .bind("reader", reader)
                    .execute();
            mine.remove(partition);
        }
    }

    private void take(Handle handle, Map<Integer, Long> mine, int count) {
        if (count > 0) {
            mine.putAll(read(handle, """
                    update event_position set reader = :reader, owned_until = now() + :lease * interval '1 ms',
                    """ + SAME_TOPIC + """
                    where partition in (select partition from event_position
                        where owned_until is null or owned_until < now()
                        order by partition limit :count for update skip locked)
                    returning partition, next_offset
                    """, Map.of("count", count)));
        }
    }

    private Map<Integer, Long> read(Handle handle, String sql, Map<String, ?> more) {
        Map<Integer, Long> rows = new TreeMap<>();
        handle.createQuery(sql)
                .bind("reader", reader)
                .bind("topic", topicId)
                .bind("lease", lease.toMillis())
                .bindMap(more)
                .map((rs, context) -> rows.put(rs.getInt(1), rs.getLong(2)))
                .list();
        return rows;
    }

    /**
     * Stores that all events of {@code partition} before {@code next} are applied.
     *
     * @return false if another reader holds the partition
     */
    public boolean applied(int partition, long next) {
        stopped.remove(partition);
        return jdbi.withHandle(handle -> handle.createUpdate("""
                                update event_position set next_offset = :next, stopped_reason = null,
                                    owned_until = now() + :lease * interval '1 ms'
                                where partition = :partition and reader = :reader
                                    and (cast(:topic as uuid) is null or topic_id = cast(:topic as uuid))
                                """)
                        .bind("topic", topicId)
                        .bind("next", next)
                        .bind("lease", lease.toMillis())
                        .bind("partition", partition)
                        .bind("reader", reader)
                        .execute()
                == 1);
    }

    /** Forgets stopped partitions so that their next records are tried again. */
    public void clearStopped() {
        stopped.clear();
    }

    /** Stores that the event at {@code next} can be read by a later release only. */
    public void stop(int partition, long next, @Nullable String reason) {
        if (stopped.add(partition)) {
            jdbi.useHandle(handle -> handle.createUpdate("update event_position set next_offset = :next, "
                            + "stopped_reason = :reason where partition = :partition and reader = :reader")
                    .bind("next", next)
                    .bind("reason", reason)
                    .bind("partition", partition)
                    .bind("reader", reader)
                    .execute());
        }
    }

    /** Releases all partitions so that other gateways can take them at once. */
    public void releaseAll() {
        jdbi.useTransaction(handle -> {
            handle.execute("update event_position set reader = null, owned_until = null where reader = ?", reader);
            handle.execute("delete from event_reader where id = ?", reader);
        });
    }
}
