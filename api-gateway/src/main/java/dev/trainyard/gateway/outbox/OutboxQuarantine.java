package dev.trainyard.gateway.outbox;

import dev.trainyard.gateway.audit.AuditAction;
import dev.trainyard.gateway.audit.AuditLog;
import dev.trainyard.gateway.audit.AuditedChange;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Outbox rows that Kafka refused so often that they are not sent until an operator retries them. */
@Singleton
public final class OutboxQuarantine {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxQuarantine.class);
    /** The key of the row's job; null if the row is about no job. */
    private static final String JOB = "case when record_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"
            + " then cast(record_key as uuid) end";

    private static final String SELECT = """
            select id, topic, record_key as key, coalesce(octet_length(value), 0) as size, tries, refusal as reason,
                created_at, quarantined_at
            from outbox where quarantined_at is not null and (cast(:project as text) is null or exists (
                select 1 from job where project = :project and key = %s))
            """.formatted(JOB);

    private final Jdbi jdbi;
    private final Runnable wakeRelay;

    @Inject
    OutboxQuarantine(@Identifier(Transactions.EDGE) Jdbi jdbi, OutboxRelay relay) {
        this(jdbi, relay::wake);
    }

    public OutboxQuarantine(Jdbi jdbi, Runnable wakeRelay) {
        this.jdbi = jdbi;
        this.wakeRelay = wakeRelay;
    }

    /**
     * A record that Kafka refuses.
     *
     * @param size of its value in bytes
     * @param reason of the last refusal
     */
    public record Unsent(
            long id,
            String topic,
            String key,
            int size,
            int tries,
            String reason,
            Instant createdAt,
            Instant quarantinedAt) {}

    /** Called when a row is quarantined, in the same transaction. */
    @FunctionalInterface
    public interface Listener {
        /** Returns false if the row is no longer needed and can be deleted. */
        boolean quarantined(Handle handle, OutboxRow row, String reason, int tries);
    }

    /**
     * Returns the rows, newest first.
     *
     * @param project only those of its jobs; null for all
     */
    public List<Unsent> list(@Nullable String project, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + "order by id desc limit :limit")
                .bind("project", project)
                .bind("limit", limit)
                .map(ConstructorMapper.of(Unsent.class))
                .list());
    }

    /** As {@link #list}. */
    public Optional<Unsent> find(@Nullable String project, long id) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + "and id = :id")
                .bind("project", project)
                .bind("id", id)
                .map(ConstructorMapper.of(Unsent.class))
                .findOne());
    }

    /** Sends the row again, with its refusals reset; returns false if it is not in quarantine. */
    public boolean retry(long id) {
        boolean there = change(
                id,
                AuditAction.UNSENT_RECORD_RETRY,
                "update outbox set quarantined_at = null, tries = 0, not_before = now()");
        wakeRelay.run();
        return there;
    }

    /** Deletes the row; returns false if it is not in quarantine. */
    public boolean drop(long id) {
        return change(id, AuditAction.UNSENT_RECORD_DROP, "delete from outbox");
    }

    private boolean change(long id, AuditAction action, String statement) {
        return jdbi.inTransaction(handle -> {
            Optional<AuditedChange> change = handle.createQuery(statement
                            + " where id = :id and quarantined_at is not null returning (select project from job where key = "
                            + JOB + ") as project")
                    .bind("id", id)
                    .map((rs, context) -> new AuditedChange(
                            action, Long.toString(id), rs.getString("project"), Map.of())) // null without a job
                    .findOne();
            change.ifPresent(recorded -> AuditLog.record(handle, recorded));
            return change.isPresent();
        });
    }

    /**
     * Deletes at maxRows {@code maxRows} rows that were quarantined longer than {@code age} ago; returns the number
     * deleted.
     */
    public int deleteOld(Duration age, int maxRows) {
        return jdbi.withHandle(handle -> handle.createUpdate("delete from outbox where id in (select id from outbox "
                        + "where quarantined_at < now() - :age * interval '1 ms' order by id limit :maxRows)")
                .bind("age", age.toMillis())
                .bind("maxRows", maxRows)
                .execute());
    }

    /** Number of rows in quarantine. */
    public static int count(Handle handle) {
        return handle.createQuery("select count(*) from outbox where quarantined_at is not null")
                .mapTo(Integer.class)
                .one();
    }

    /** Number of rows that were refused and wait for their next try. */
    static int countHeld(Handle handle) {
        return handle.createQuery("select count(*) from outbox where tries > 0 and quarantined_at is null")
                .mapTo(Integer.class)
                .one();
    }

    /** Delays or quarantines {@code row}; the caller has already notified the listener. */
    static void refuse(Handle handle, OutboxRow row, String reason, boolean quarantine, Duration pause) {
        // gateways of the previous release ignore quarantined_at, but respect not_before
        handle.createUpdate("""
                        update outbox set tries = tries + 1, refusal = :reason,
                            not_before = case when :quarantine then cast('infinity' as timestamptz)
                                else now() + :pause * interval '1 ms' end,
                            quarantined_at = case when :quarantine then now() end
                        where id = :id
                        """)
                .bind("reason", reason)
                .bind("pause", pause.toMillis())
                .bind("quarantine", quarantine)
                .bind("id", row.id())
                .execute();
        if (quarantine) {
            LOG.error(
                    "Kafka refused a record of {} with key {} {} times; it is quarantined: {}",
                    row.topic(),
                    row.key(),
                    row.tries() + 1,
                    reason);
        } else {
            LOG.warn("Kafka refused a record of {} with key {}: {}", row.topic(), row.key(), reason);
        }
    }

    /**
     * Deletes quarantined rows that are older than {@code sent} rows of the same key, because sending them later would
     * undo the newer ones. Dead letters of one key are independent, so each is kept.
     */
    static void supersede(Handle handle, List<OutboxRow> sent) {
        int gone = handle.createUpdate("""
                        delete from outbox old using outbox new where new.id = any(:ids) and old.topic = new.topic
                            and old.record_key = new.record_key and old.id < new.id and old.quarantined_at is not null
                            and new.topic not like '%.dlq'
                        """)
                .bindArray("ids", Long.class, sent.stream().map(OutboxRow::id).toList())
                .execute();
        if (gone > 0) {
            LOG.info("Dropped {} quarantined records because newer records of their keys were sent", gone);
        }
    }
}
