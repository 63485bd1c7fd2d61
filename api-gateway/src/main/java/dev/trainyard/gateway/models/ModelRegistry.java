package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.Promote;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Versions of models and which of them is active; an activation reaches the predictors through the outbox. */
public final class ModelRegistry {
    private static final String SELECT = """
            select v.*, a.version is not null as active from model_version v
            left join active_model a on a.name = v.name and a.version = v.version
            """;

    private final Jdbi jdbi;

    public ModelRegistry(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** One version of a model. */
    public record Version(
            String name, int version, boolean active, ArtifactRef onnx, ModelMetadata metadata, Instant createdAt) {}

    /** Adds the next version of a model and activates it if {@code promote} says so; returns its number, from 1. */
    public int publish(Handle handle, ModelMetadata metadata, ArtifactRef onnx, Promote promote) {
        String name = metadata.model();
        lock(handle, name);
        Optional<Double> active = activeAccuracy(handle, name);
        int version = handle.createQuery("select coalesce(max(version), 0) + 1 from model_version where name = :name")
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
        double accuracy = metadata.metrics().test().accuracy();
        handle.createUpdate("""
                        insert into model_version (name, version, job_key, onnx, metadata, test_accuracy)
                        values (:name, :version, cast(:job as uuid), cast(:onnx as jsonb), cast(:metadata as jsonb), :accuracy)
                        """)
                .bind("name", name)
                .bind("version", version)
                .bind("job", metadata.jobKey())
                .bind("onnx", json(onnx))
                .bind("metadata", json(metadata))
                .bind("accuracy", accuracy)
                .execute();
        boolean better = active.isEmpty() || accuracy >= active.get();
        if (promote == Promote.ALWAYS || promote == Promote.AUTO && better) {
            activate(handle, name, version, onnx);
        }
        return version;
    }

    /** Adds a model that came with the platform unless there are versions of that name already. */
    public void publishFirst(ModelMetadata metadata, ArtifactRef onnx) {
        jdbi.useTransaction(handle -> {
            lock(handle, metadata.model());
            boolean none = handle.createQuery("select count(*) = 0 from model_version where name = :name")
                    .bind("name", metadata.model())
                    .mapTo(Boolean.class)
                    .one();
            if (none) {
                publish(handle, metadata, onnx, Promote.ALWAYS);
            }
        });
    }

    /** Tells the predictors of every active model again; harmless, and right for a broker that lost its data. */
    public void announceAll() {
        List<String> names = jdbi.withHandle(handle -> handle.createQuery("select name from active_model order by name")
                .mapTo(String.class)
                .list());
        for (String name : names) {
            jdbi.useTransaction(handle -> {
                lock(handle, name); // or a version that another gateway activates just now would be overruled
                handle.createQuery(SELECT + "where a.version is not null and v.name = :name")
                        .bind("name", name)
                        .map((rs, context) -> read(rs))
                        .forEach(version -> announce(handle, name, version.version(), version.onnx()));
            });
        }
    }

    /** All versions of all models, by name, newest first. */
    public List<Version> all() {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + "order by v.name, v.version desc")
                .map((rs, context) -> read(rs))
                .list());
    }

    public Optional<Version> find(String name, int version) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + "where v.name = :name and v.version = :version")
                .bind("name", name)
                .bind("version", version)
                .map((rs, context) -> read(rs))
                .findOne());
    }

    private static void activate(Handle handle, String name, int version, ArtifactRef onnx) {
        handle.createUpdate("""
                        insert into active_model (name, version) values (:name, :version)
                        on conflict (name) do update set version = excluded.version, activated_at = now()
                        """).bind("name", name).bind("version", version).execute();
        announce(handle, name, version, onnx);
    }

    private static void announce(Handle handle, String name, int version, ArtifactRef onnx) {
        Outbox.add(
                handle,
                Topics.MODELS,
                name,
                new ModelActivation(Versioned.CURRENT, name, version, onnx, Instant.now()));
    }

    /** Two trainings that end at once must not take the same number, nor both compare with the same active one. */
    private static void lock(Handle handle, String name) {
        handle.createQuery("select 1 from pg_advisory_xact_lock(hashtextextended('model ' || :name, 0))")
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
    }

    private static Optional<Double> activeAccuracy(Handle handle, String name) {
        return handle.createQuery("select v.test_accuracy from active_model a join model_version v "
                        + "on v.name = a.name and v.version = a.version where a.name = :name")
                .bind("name", name)
                .mapTo(Double.class)
                .findOne();
    }

    private static Version read(ResultSet rs) throws SQLException {
        return new Version(
                rs.getString("name"),
                rs.getInt("version"),
                rs.getBoolean("active"),
                parse(rs.getString("onnx"), ArtifactRef.class),
                parse(rs.getString("metadata"), ModelMetadata.class),
                rs.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static String json(Object value) {
        return new String(WireJson.write(value), StandardCharsets.UTF_8);
    }

    private static <T> T parse(String text, Class<T> type) {
        try {
            return WireJson.mapper().readValue(text, type);
        } catch (IOException e) {
            throw new UncheckedIOException("a kept " + type.getSimpleName() + " cannot be read", e);
        }
    }
}
