package dev.trainyard.gateway.predictions.async;

import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.predictions.PredictionRequest;
import dev.trainyard.gateway.predictions.ResponseOptions;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.message.WireJson;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
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
import org.jspecify.annotations.Nullable;

/** Stores accepted asynchronous predictions in the database, so that they survive the end of any process. */
@Singleton
public final class AsyncPredictionStore {
    private final Jdbi jdbi;
    private final int maxPending;
    private final long maxBytes;
    private final Supplier<Optional<String>> shortage;

    @Inject
    AsyncPredictionStore(@Identifier(Transactions.EDGE) Jdbi jdbi, GatewaySettings settings, DiskSpace disk) {
        this(
                jdbi,
                settings.predict().async().limit(),
                settings.predict().async().bytes().asLongValue(),
                disk::shortage);
    }

    /** A store without a check of the disk space. */
    public AsyncPredictionStore(Jdbi jdbi, int maxPending, long maxBytes) {
        this(jdbi, maxPending, maxBytes, Optional::empty);
    }

    /**
     * @param maxPending largest number of pending predictions
     * @param maxBytes largest total size of their images
     * @param shortage reason why no new work is accepted for lack of disk space; empty if it is
     */
    public AsyncPredictionStore(Jdbi jdbi, int maxPending, long maxBytes, Supplier<Optional<String>> shortage) {
        this.shortage = shortage;
        this.jdbi = jdbi;
        this.maxPending = maxPending;
        this.maxBytes = maxBytes;
    }

    /**
     * Project, idempotency and timeout of a submit.
     *
     * @param bodyHash hash of the request body; null without a key
     * @param limit timeout of the client; null for the gateway's own limits only
     */
    public record SubmitOptions(
            String project,
            @Nullable String idempotencyKey,
            @Nullable String bodyHash,
            @Nullable Duration limit) {

        /** Unique among all projects. */
        @Nullable
        String storedKey() {
            return idempotencyKey == null ? null : ProjectName.qualify(project, idempotencyKey);
        }
    }

    /** A prediction to store, with its problem if it has already failed; {@code name} is that of the file. */
    public record NewPrediction(
            @Nullable String name,
            PredictionRequest request,
            ResponseOptions responseOptions,
            @Nullable Problem problem) {
        private byte[] value() {
            return request.value();
        }
    }

    /** Result of a submit. */
    public sealed interface SubmitResult {}

    /** Accepted; {@code repeated} if it was accepted earlier with the same idempotency key. */
    public record Stored(UUID id, boolean repeated) implements SubmitResult {}

    /** The idempotency key was used for another body. */
    public record KeyReused() implements SubmitResult {}

    /** There is too little disk space for new work. */
    public record NoSpace(String reason) implements SubmitResult {}

    /** Too many predictions are pending. */
    public record QueueFull(String detail) implements SubmitResult {}

    public SubmitResult accept(NewPrediction entry, SubmitOptions options) {
        return jdbi.inTransaction(handle -> {
            UUID id = AsyncPredictionId.next();
            Optional<SubmitResult> refused = check(handle, "prediction", options, 1, entry.value().length);
            if (refused.isPresent()) {
                return refused.get();
            }
            int added = insert(handle, id, entry, options)
                    .bind("batch", (UUID) null)
                    .bind("position", (Integer) null)
                    .bind("key", options.storedKey())
                    .bind("hash", options.bodyHash())
                    .execute();
            // nothing added: a concurrent request with the same key has committed
            return added == 1 ? new Stored(id, false) : known(handle, "prediction", options);
        });
    }

    /** Accepts all of {@code entries}, in their order, or none. */
    public SubmitResult acceptBatch(
            Iterable<NewPrediction> entries, int count, long bytes, int skipped, SubmitOptions options) {
        return jdbi.inTransaction(handle -> {
            UUID id = AsyncPredictionId.next();
            Optional<SubmitResult> refused = check(handle, "prediction_batch", options, count, bytes);
            if (refused.isPresent()) {
                return refused.get();
            }
            int added = handle.createUpdate(
                            "insert into prediction_batch (id, project, skipped, idempotency_key, body_hash) "
                                    + "values (:id, :project, :skipped, :key, :hash) on conflict (idempotency_key) do nothing")
                    .bind("id", id)
                    .bind("project", options.project())
                    .bind("skipped", skipped)
                    .bind("key", options.storedKey())
                    .bind("hash", options.bodyHash())
                    .execute();
            if (added == 0) {
                return known(handle, "prediction_batch", options);
            }
            int position = 0;
            for (NewPrediction entry : entries) {
                insert(handle, AsyncPredictionId.next(), entry, options)
                        .bind("batch", id)
                        .bind("position", position++)
                        .bind("key", (String) null)
                        .bind("hash", (String) null)
                        .execute();
            }
            return new Stored(id, false);
        });
    }

    private Optional<SubmitResult> check(Handle handle, String table, SubmitOptions options, int count, long bytes) {
        if (options.idempotencyKey() != null) {
            Optional<SubmitResult> known = find(handle, table, options);
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
        if (load.count() + count > maxPending) {
            return Optional.of(new QueueFull(
                    "%d predictions are pending; at most %d may be.".formatted(load.count(), maxPending)));
        }
        if (load.bytes() + bytes > maxBytes) {
            return Optional.of(new QueueFull("The images of pending predictions have %d bytes; at most %d are allowed."
                    .formatted(load.bytes(), maxBytes)));
        }
        return Optional.empty();
    }

    private static SubmitResult known(Handle handle, String table, SubmitOptions options) {
        return find(handle, table, options).orElseThrow();
    }

    private static Optional<SubmitResult> find(Handle handle, String table, SubmitOptions options) {
        return handle.createQuery("select id, body_hash from " + table + " where idempotency_key = :key")
                .bind("key", options.storedKey())
                .map((rs, context) -> rs.getString(2).equals(options.bodyHash())
                        ? new Stored(rs.getObject(1, UUID.class), true)
                        : (SubmitResult) new KeyReused())
                .findOne();
    }

    private static Update insert(Handle handle, UUID id, NewPrediction entry, SubmitOptions options) {
        Duration limit = options.limit();
        boolean pending = entry.problem() == null;
        PredictionRequest request = entry.request();
        return handle.createUpdate("""
                        insert into prediction (id, batch_id, position, name, status, model, version, alias, want, outliers,
                            content_type, request, size, deadline, problem, idempotency_key, body_hash, project, ended_at,
                            traceparent)
                        values (:id, cast(:batch as uuid), cast(:position as integer), :name, :status, :model,
                            cast(:version as integer), cast(:alias as text), :want, :outliers, :type,
                            cast(:request as bytea), :size, now() + cast(:limit as bigint) * interval '1 ms', cast(:problem as json), :key, :hash, :project,
                            case when :status <> 'pending' then now() end, cast(:traceparent as text))
                        on conflict (idempotency_key) do nothing
                        """)
                .bind("id", id)
                .bind("project", options.project())
                .bind("name", entry.name())
                .bind("status", pending ? "pending" : "failed")
                .bind("model", request.model())
                .bind("version", request.version())
                .bind("alias", entry.responseOptions().alias())
                .bind("want", request.want().wireName())
                .bind("outliers", entry.responseOptions().outliers().wireName())
                .bind("type", request.contentType())
                .bind("traceparent", request.traceparent())
                .bind("request", pending ? entry.value() : null)
                .bind("size", pending ? entry.value().length : 0)
                .bind("limit", limit == null ? null : limit.toMillis())
                .bind("problem", entry.problem() == null ? null : json(entry.problem()));
    }

    static String json(Object value) {
        return new String(WireJson.write(value), StandardCharsets.UTF_8);
    }

    /** Returns a prediction or a batch of a project; empty if it is unknown or expired. */
    public Optional<AsyncPredictionView> find(String project, UUID id) {
        return jdbi.withHandle(handle -> {
            Optional<AsyncPredictionRow> single = handle.createQuery(
                            AsyncPredictionRow.SELECT + "where id = :id and batch_id is null and project = :project")
                    .bind("id", id)
                    .bind("project", project)
                    .map(AsyncPredictionRow::read)
                    .findOne();
            return single.isPresent() ? single.map(AsyncPredictionView::of) : findBatch(handle, project, id);
        });
    }

    private static Optional<AsyncPredictionView> findBatch(Handle handle, String project, UUID id) {
        Optional<Integer> skipped = handle.createQuery(
                        "select skipped from prediction_batch where id = :id and project = :project")
                .bind("id", id)
                .bind("project", project)
                .mapTo(Integer.class)
                .findOne();
        return skipped.map(count -> {
            List<AsyncPredictionRow> rows = handle.createQuery(
                            AsyncPredictionRow.SELECT + "where batch_id = :id order by position")
                    .bind("id", id)
                    .map(AsyncPredictionRow::read)
                    .list();
            return AsyncPredictionView.of(id, rows, count);
        });
    }

    /** Returns those of {@code ids} that have ended or been deleted. */
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

    /** Deletes up to {@code most} predictions that ended longer ago than {@code age}; returns their number. */
    public int deleteOld(Duration age, int most) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        delete from prediction where id in (select id from prediction
                            where batch_id is null and ended_at < now() - :age * interval '1 ms' limit :most)
                        """)
                .bind("age", age.toMillis())
                .bind("most", most)
                .execute());
    }

    /** As {@link #deleteOld}, for batches. */
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
