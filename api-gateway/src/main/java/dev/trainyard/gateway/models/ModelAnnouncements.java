package dev.trainyard.gateway.models;

import dev.trainyard.gateway.outbox.OutboxWriter;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells predictors of versions and of the version in production, through the outbox. */
@Singleton
class ModelAnnouncements {
    private final ModelVersionRepository versions;
    private final ModelAliasRepository aliases;
    private final OutboxWriter outbox;

    ModelAnnouncements(ModelVersionRepository versions, ModelAliasRepository aliases, OutboxWriter outbox) {
        this.versions = versions;
        this.aliases = aliases;
        this.outbox = outbox;
    }

    /** Announces the version that is in production. */
    void production(String name) {
        aliases.find(name, Alias.PRODUCTION).ifPresent(alias -> versions.files(name, alias.version)
                .map(files -> new ModelActivation(
                        Versioned.CURRENT,
                        alias.move,
                        name,
                        files.version(),
                        files.onnx(),
                        files.variant(),
                        Instant.now()))
                .ifPresent(activation -> outbox.add(Topics.MODELS, name, activation)));
    }

    /** Announces the file of an existing version, and if an alias points to it. */
    void version(String name, int version) {
        versions.files(name, version)
                .ifPresent(files -> outbox.add(Topics.MODEL_VERSIONS, ModelVersion.key(name, version), message(files)));
    }

    /** Announces the files of all versions of a model. */
    void versions(String name) {
        Map<String, ModelVersion> known = new LinkedHashMap<>();
        versions.files(name).forEach(files -> known.put(ModelVersion.key(name, files.version()), message(files)));
        outbox.addAll(Topics.MODEL_VERSIONS, known);
    }

    private static ModelVersion message(ModelVersionRepository.Files files) {
        return new ModelVersion(
                Versioned.CURRENT,
                files.name(),
                files.version(),
                files.onnx(),
                files.variant(),
                files.aliases().length > 0,
                Instant.now());
    }
}
