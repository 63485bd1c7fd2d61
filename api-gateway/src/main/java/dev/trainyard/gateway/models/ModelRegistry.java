package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.message.Topics;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Publishes versions of models and announces them to the predictors through the outbox. */
public final class ModelRegistry {
    private final Jdbi jdbi;

    public ModelRegistry(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Adds the next version of a model, promotes it according to {@code promote}, and returns its number, from 1. */
    public int publish(Handle handle, ModelMetadata metadata, ArtifactRef onnx, PromotionPolicy promote) {
        String name = metadata.model();
        AliasUpdates.lock(handle, name);
        Optional<Double> active = productionAccuracy(handle, name);
        // including deleted versions, so that a number is never reused
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
                .bind("onnx", ModelJson.text(onnx))
                .bind("metadata", ModelJson.text(metadata))
                .bind("accuracy", accuracy)
                .execute();
        boolean better = active.isEmpty() || accuracy >= active.get();
        if (promote == PromotionPolicy.ALWAYS || promote == PromotionPolicy.AUTO && better) {
            AliasUpdates.move(handle, name, Alias.PRODUCTION, version, AliasUpdates.PUBLISHED);
        } else {
            AliasUpdates.announceVersion(handle, name, version);
            AliasUpdates.changed(handle);
        }
        return version;
    }

    /** Publishes the bundled model unless versions of that name exist. */
    public void publishFirst(ModelMetadata metadata, ArtifactRef onnx) {
        jdbi.useTransaction(handle -> {
            AliasUpdates.lock(handle, metadata.model());
            boolean none = handle.createQuery("select count(*) = 0 from model_version where name = :name")
                    .bind("name", metadata.model())
                    .mapTo(Boolean.class)
                    .one();
            if (none) {
                publish(handle, metadata, onnx, PromotionPolicy.ALWAYS);
            }
        });
    }

    /** Returns true if {@code path} belongs only to deleted versions. */
    boolean isDeleted(String path) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select coalesce(bool_and(deleted_at is not null), false) from model_version "
                                + "where onnx ->> 'path' = :path")
                .bind("path", path)
                .mapTo(Boolean.class)
                .one());
    }

    /** Announces every version again, in case the broker has lost its data. */
    public void announceAll() {
        List<String> names =
                jdbi.withHandle(handle -> handle.createQuery("select distinct name from model_version order by name")
                        .mapTo(String.class)
                        .list());
        for (String name : names) {
            jdbi.useTransaction(handle -> {
                // so that this does not overwrite a newer announcement of another gateway
                AliasUpdates.lock(handle, name);
                AliasUpdates.announceVersions(handle, name);
                if (AliasUpdates.find(handle, name, Alias.PRODUCTION).isPresent()) {
                    AliasUpdates.announceProduction(handle, name);
                } else {
                    Outbox.remove(handle, Topics.MODELS, name);
                }
            });
        }
    }

    private static Optional<Double> productionAccuracy(Handle handle, String name) {
        return handle.createQuery("select v.test_accuracy from model_alias a join model_version v "
                        + "on v.name = a.name and v.version = a.version "
                        + "where a.name = :name and a.alias = :production")
                .bind("name", name)
                .bind("production", Alias.PRODUCTION)
                .mapTo(Double.class)
                .findOne();
    }
}
