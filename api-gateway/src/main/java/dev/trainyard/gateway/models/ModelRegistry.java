package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.gateway.outbox.OutboxWriter;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.message.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Publishes versions of models and announces them to the predictors through the outbox. */
@Singleton
public class ModelRegistry {
    private final Transactions transactions;
    private final ModelVersionRepository versions;
    private final ModelAliasRepository aliases;
    private final AliasUpdates updates;
    private final ModelAnnouncements announcements;
    private final ModelRevisionRepository revision;
    private final OutboxWriter outbox;

    ModelRegistry(
            @Identifier(Transactions.EDGE) Transactions transactions,
            ModelVersionRepository versions,
            ModelAliasRepository aliases,
            AliasUpdates updates,
            ModelAnnouncements announcements,
            ModelRevisionRepository revision,
            OutboxWriter outbox) {
        this.transactions = transactions;
        this.versions = versions;
        this.aliases = aliases;
        this.updates = updates;
        this.announcements = announcements;
        this.revision = revision;
        this.outbox = outbox;
    }

    /**
     * Adds the next version of a model of {@code project}, promotes it according to {@code promote}, and returns its number, from 1. All of
     * it happens in the active transaction if there is one.
     */
    public int publish(String project, ModelMetadata metadata, ArtifactRef onnx, PromotionPolicy promote) {
        return transactions.call(() -> {
            String name = ModelName.stored(project, metadata.model());
            versions.lock(name);
            Optional<Double> active = versions.productionAccuracy(name);
            ModelVersionEntity row = new ModelVersionEntity();
            row.name = name;
            row.version = versions.nextNumber(name);
            row.jobKey = metadata.jobKey();
            row.onnx = onnx;
            row.metadata = metadata;
            row.testAccuracy = metadata.metrics().test().accuracy();
            versions.persistAndFlush(row);
            boolean better = active.isEmpty() || row.testAccuracy >= active.get();
            if (promote == PromotionPolicy.ALWAYS || promote == PromotionPolicy.AUTO && better) {
                updates.move(name, Alias.PRODUCTION, row.version, AliasUpdates.PUBLISHED);
            } else {
                announcements.version(name, row.version);
                revision.increment();
            }
            return row.version;
        });
    }

    /** Publishes the bundled model unless versions of that name exist. */
    public void publishFirst(ModelMetadata metadata, ArtifactRef onnx) {
        transactions.run(() -> {
            versions.lock(metadata.model());
            if (!versions.isKnown(metadata.model())) {
                publish(ProjectName.DEFAULT, metadata, onnx, PromotionPolicy.ALWAYS);
            }
        });
    }

    /** Returns true if {@code path} belongs only to deleted versions. */
    boolean isDeleted(String path) {
        return transactions.call(() -> versions.isPathDeleted(path));
    }

    /** Announces every version again, in case the broker has lost its data. */
    public void announceAll() {
        for (String name : transactions.call(versions::names)) {
            transactions.run(() -> {
                // so that this does not overwrite a newer announcement of another gateway
                versions.lock(name);
                announcements.versions(name);
                if (aliases.find(name, Alias.PRODUCTION).isPresent()) {
                    announcements.production(name);
                } else {
                    outbox.remove(Topics.MODELS, name);
                }
            });
        }
    }
}
