package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.gateway.models.ModelVersionRepository.DeletedFiles;
import dev.trainyard.gateway.runtime.Transactions;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the files of deleted versions. Files that remain after a crash are deleted by the next run. */
@Singleton
public class ModelFileCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFileCleaner.class);

    private final Transactions transactions;
    private final ModelVersionRepository versions;
    private final ArtifactStore artifacts;

    ModelFileCleaner(
            @Identifier(Transactions.EDGE) Transactions transactions,
            ModelVersionRepository versions,
            ArtifactStore artifacts) {
        this.transactions = transactions;
        this.versions = versions;
        this.artifacts = artifacts;
    }

    /** Deletes all files that no other version uses; returns the number of versions whose files are deleted. */
    public int sweep() {
        int removed = 0;
        List<DeletedFiles> deleted = transactions.call(versions::deletedWithFiles);
        for (DeletedFiles version : deleted) {
            removed += transactions.call(() -> {
                // a version that is published concurrently may use the same file
                versions.lock(version.name());
                if (!versions.isPathUsed(version.path()) && !remove(version)) {
                    return 0;
                }
                versions.setFilesGone(version.name(), version.version());
                return 1;
            });
        }
        return removed;
    }

    private boolean remove(DeletedFiles version) {
        try {
            artifacts.delete(version.path());
            artifacts.delete(ArtifactPaths.metadataBeside(version.path()));
            if (version.variant() != null) {
                artifacts.delete(version.variant());
            }
            if (version.mistakes() != null) {
                artifacts.delete(version.mistakes());
            }
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "the files of model {} version {} could not be deleted, trying again later: {}",
                    version.name(),
                    version.version(),
                    e.toString());
            return false;
        }
    }
}
