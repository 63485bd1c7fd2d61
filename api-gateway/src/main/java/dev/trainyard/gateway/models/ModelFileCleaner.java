package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactStore;
import java.io.IOException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the files of deleted versions. Files that remain after a crash are deleted by the next run. */
public final class ModelFileCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFileCleaner.class);

    private final Jdbi jdbi;
    private final ArtifactStore artifacts;

    public ModelFileCleaner(Jdbi jdbi, ArtifactStore artifacts) {
        this.jdbi = jdbi;
        this.artifacts = artifacts;
    }

    /**
     * @param variant file of the optimised variant that predictors ran; null for none
     * @param mistakes file with the pictures of its mistakes; null for none
     */
    private record DeletedVersion(String name, int version, String path, String variant, String mistakes) {}

    /** Deletes all files that no other version uses; returns the number of versions whose files are deleted. */
    public int sweep() {
        int removed = 0;
        List<DeletedVersion> deleted =
                jdbi.withHandle(handle -> handle.createQuery("select name, version, onnx ->> 'path', "
                                + "metadata #>> '{variants,served,path}', metadata #>> '{confusion,pictures,path}' "
                                + "from model_version where deleted_at is not null and not files_gone")
                        .map((rs, context) -> new DeletedVersion(
                                rs.getString(1), rs.getInt(2), rs.getString(3), rs.getString(4), rs.getString(5)))
                        .list());
        for (DeletedVersion version : deleted) {
            removed += jdbi.inTransaction(handle -> {
                // a version that is published concurrently may use the same file
                AliasUpdates.lock(handle, version.name());
                if (!isUsed(handle, version.path()) && !remove(version)) {
                    return 0;
                }
                return handle.createUpdate(
                                "update model_version set files_gone = true where name = :name and version = :version")
                        .bind("name", version.name())
                        .bind("version", version.version())
                        .execute();
            });
        }
        return removed;
    }

    private static boolean isUsed(Handle handle, String path) {
        return handle.createQuery("select exists (select 1 from model_version "
                        + "where onnx ->> 'path' = :path and deleted_at is null)")
                .bind("path", path)
                .mapTo(Boolean.class)
                .one();
    }

    private boolean remove(DeletedVersion version) {
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
