package dev.trainyard.gateway.models;

import dev.trainyard.gateway.outbox.OutboxWriter;
import dev.trainyard.message.Topics;
import jakarta.inject.Singleton;

/** Releases model files from quarantine, so that predictors load them again. */
@Singleton
class QuarantineReleases {
    private final ModelVersionRepository versions;
    private final OutboxWriter outbox;

    QuarantineReleases(ModelVersionRepository versions, OutboxWriter outbox) {
        this.versions = versions;
        this.outbox = outbox;
    }

    /** Releases files that no version uses any more; a file that another version uses stays in quarantine. */
    void afterDeletion(ModelVersionRepository.Files deleted) {
        deleted.hashes().stream().filter(sha256 -> !versions.isFileUsed(sha256)).forEach(this::release);
    }

    void release(String sha256) {
        outbox.remove(Topics.MODEL_QUARANTINE, sha256);
    }
}
