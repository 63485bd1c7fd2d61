package dev.trainyard.gateway.prediction.async;

import dev.trainyard.gateway.prediction.PredictionRequest;
import dev.trainyard.gateway.prediction.ResponseOptions;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;

/** Accepts predictions to be answered later. What was accepted is in the database, whatever dies then. */
public final class AsyncPredictionStore {
    private final Jdbi jdbi;
    private final int mostPending;
    private final long mostBytes;
    private final Supplier<Optional<String>> shortage;

    /** One that refuses nothing for want of disk space. */
    public AsyncPredictionStore(Jdbi jdbi, int mostPending, long mostBytes) {
        this(jdbi, mostPending, mostBytes, Optional::empty);
    }

    /**
     * @param mostPending predictions that may wait to be answered
     * @param mostBytes that their pictures may have
     * @param shortage says why no new work is taken; empty while it is
     */
    public AsyncPredictionStore(Jdbi jdbi, int mostPending, long mostBytes, Supplier<Optional<String>> shortage) {
        this.shortage = shortage;
        this.jdbi = jdbi;
        this.mostPending = mostPending;
        this.mostBytes = mostBytes;
    }

    /**
     * How often a request may come, and until when it is worth an answer.
     *
     * @param idempotencyKey null for none
     * @param bodyHash of what was sent under the key
     * @param limit null for none but the gateway's own
     */
    public record SubmitOptions(String idempotencyKey, String bodyHash, Duration limit) {}

    /** One of a batch: a question, or what is wrong with it already; {@code name} is the file's. */
    public record NewPrediction(String name, PredictionRequest question, ResponseOptions telling, Problem problem) {
        private byte[] value() {
            return question.payload().value();
        }
    }

    /** What became of it. */
    public sealed interface SubmitResult {}

    /** {@code again} if it had been accepted before under the same idempotency key. */
    public record Stored(UUID id, boolean again) implements SubmitResult {}

    /** The idempotency key stands for another body. */
    public record KeyReused() implements SubmitResult {}

    /** There is too little disk space for new work. */
    public record NoSpace(String why) implements SubmitResult {}

    /** As much waits as may. */
    public record QueueFull(String detail) implements SubmitResult {}

    public SubmitResult accept(NewPrediction entry, SubmitOptions terms) {
        return jdbi.inTransaction(handle -> {
            UUID id = AsyncPredictionId.next();
            Optional<SubmitResult> refused = check(handle, "prediction", terms, 1, entry.value().length);
            if (refused.isPresent()) {
                return refused.get();
            }
            int added = insert(handle, id, entry, terms.limit())
                    .bind("batch", (UUID) null)
                    .bind("position", (Integer) null)
                    .bind("key", terms.idempotencyKey())
                    .bind("hash", terms.bodyHash())
                    .execute();
            // nothing added: the same key came twice at once, and the other one is committed by now
            return added == 1 ? new Stored(id, false) : known(handle, "prediction", terms);
        });
    }

    /** Accepts all of {@code entries}, in their order, or none. */
    public SubmitResult acceptBatch(Iterable<NewPrediction> entries, int count, long bytes, int skipped, SubmitOptions terms) {
        return jdbi.inTransaction(handle -> {
            UUID id = AsyncPredictionId.next();
            Optional<SubmitResult> refused = check(handle, "prediction_batch", terms, count, bytes);
            if (refused.isPresent()) {
                return refused.get();
            }
            int added = handle.createUpdate("insert into prediction_batch (id, skipped, idempotency_key, body_hash) "
                            + "values (:id, :skipped, :key, :hash) on conflict (idempotency_key) do nothing")
                    .bind("id", id)
                    .bind("skipped", skipped)
                    .bind("key", terms.idempotencyKey())
                    .bind("hash", terms.bodyHash())
                    .execute();
            if (added == 0) {
                return known(handle, "prediction_batch", terms);
            }
            int position = 0;
            for (NewPrediction entry : entries) {
                insert(handle, AsyncPredictionId.next(), entry, terms.limit())
                        .bind("batch", id)
                        .bind("position", position++)
                        .bind("key", (String) null)
                        .bind("hash", (String) null)
                        .execute();
            }
            return new Stored(id, false);
        });
    }

    private Optional<SubmitResult> check(Handle handle, String table, SubmitOptions terms, int count, long bytes) {
        if (terms.idempotencyKey() != null) {
            Optional<SubmitResult> known = find(handle, table, terms);
            if (known.isPresent()) {
                return known;
            }
        }
        Optional<String> tooLittle = shortage.get();
        if (tooLittle.isPresent()) {
            return tooLittle.map(NoSpace::new);
        }
        record Load(long count, long bytes) {}
        Load load = handle.createQuery(
                        "select count(*), coalesce(sum(size), 0) from prediction where status = 'pending'")
                .map((rs, context) -> new Load(rs.getLong(1), rs.getLong(2)))
                .one();
        if (load.count() + count > mostPending) {
            return Optional.of(
                    new QueueFull("%d predictions wait already; at most %d may.".formatted(load.count(), mostPending)));
        }
        if (load.bytes() + bytes > mostBytes) {
            return Optional.of(new QueueFull("The pictures that wait have %d bytes already; at most %d are kept."
                    .formatted(load.bytes(), mostBytes)));
        }
        return Optional.empty();
    }

    private static SubmitResult known(Handle handle, String table, SubmitOptions terms) {
        return find(handle, table, terms).orElseThrow();
    }

    private static Optional<SubmitResult> find(Handle handle, String table, SubmitOptions terms) {
        return handle.createQuery("select id, body_hash from " + table + " where idempotency_key = :key")
                .bind("key", terms.idempotencyKey())
                .map((rs, context) -> rs.getString(2).equals(terms.bodyHash())
                        ? new Stored(rs.getObject(1, UUID.class), true)
                        : (SubmitResult) new KeyReused())
                .findOne();
    }

    private static Update insert(Handle handle, UUID id, NewPrediction entry, Duration limit) {
        boolean pending = entry.problem() == null;
        PredictionRequest question = entry.question();
        return handle.createUpdate("""
                        insert into prediction (id, batch_id, position, name, status, model, version, alias, want, outliers,
                            content_type, request, size, deadline, problem, idempotency_key, body_hash, ended_at)
                        values (:id, cast(:batch as uuid), cast(:position as integer), :name, :status, :model,
                            cast(:version as integer), cast(:alias as text), :want, :outliers, :type,
                            cast(:request as bytea), :size, now() + cast(:limit as bigint) * interval '1 ms', cast(:problem as json), :key, :hash,
                            case when :status <> 'pending' then now() end)
                        on conflict (idempotency_key) do nothing
                        """)
                .bind("id", id)
                .bind("name", entry.name())
                .bind("status", pending ? "pending" : "failed")
                .bind("model", question.model())
                .bind("version", question.version())
                .bind("alias", entry.telling().alias())
                .bind("want", question.payload().want().wireName())
                .bind("outliers", entry.telling().outliers().wireName())
                .bind("type", question.payload().contentType())
                .bind("request", pending ? entry.value() : null)
                .bind("size", pending ? entry.value().length : 0)
                .bind("limit", limit == null ? null : limit.toMillis())
                .bind("problem", pending ? null : json(entry.problem()));
    }

    static String json(Object value) {
        return new String(WireJson.write(value), StandardCharsets.UTF_8);
    }

    /** A single prediction or a batch; empty if it is unknown or forgotten. */
    public Optional<AsyncPredictionView> find(UUID id) {
        return jdbi.withHandle(handle -> {
            Optional<AsyncPredictionRow> single = handle.createQuery(AsyncPredictionRow.SELECT + "where id = :id and batch_id is null")
                    .bind("id", id)
                    .map(AsyncPredictionRow::read)
                    .findOne();
            return single.isPresent() ? single.map(AsyncPredictionView::of) : findBatch(handle, id);
        });
    }

    private static Optional<AsyncPredictionView> findBatch(Handle handle, UUID id) {
        Optional<Integer> skipped = handle.createQuery("select skipped from prediction_batch where id = :id")
                .bind("id", id)
                .mapTo(Integer.class)
                .findOne();
        return skipped.map(count -> {
            List<AsyncPredictionRow> rows = handle.createQuery(AsyncPredictionRow.SELECT + "where batch_id = :id order by position")
                    .bind("id", id)
                    .map(AsyncPredictionRow::read)
                    .list();
            return AsyncPredictionView.of(id, rows, count);
        });
    }

    /** Those of {@code ids} that have ended, or are not there any more. */
    public List<UUID> ended(Collection<UUID> ids) {
        List<UUID> pending = jdbi.withHandle(handle -> handle.createQuery("""
                        select id from prediction where status = 'pending' and id = any(:ids)
                        union select batch_id from prediction where status = 'pending' and batch_id = any(:ids)
                        """)
                .bindArray("ids", UUID.class, List.copyOf(ids))
                .mapTo(UUID.class)
                .list());
        List<UUID> ended = new ArrayList<>(ids);
        ended.removeAll(pending);
        return ended;
    }

    /** Deletes up to {@code most} that ended longer ago than {@code age}; returns how many. */
    public int deleteOld(Duration age, int most) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from prediction where id in (select id from prediction
                            where batch_id is null and ended_at < now() - :age * interval '1 ms' limit :most)
                        """)
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute());
    }

    /** As {@link #deleteOld}, whole batches. */
    public int deleteOldBatches(Duration age, int most) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from prediction_batch where id in (select id from prediction_batch b
                            where created_at < now() - :age * interval '1 ms' and not exists (
                                select 1 from prediction p where p.batch_id = b.id and (
                                    p.status = 'pending' or p.ended_at >= now() - :age * interval '1 ms'))
                            limit :most)
                        """)
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute());
    }
}
