package dev.trainyard.gateway.models;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactStore;
import java.io.IOException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the files of deleted versions. What a crash or a full disk left is found the next time. */
public final class ModelFileCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFileCleaner.class);

    private final Jdbi jdbi;
    private final ArtifactStore artifacts;

    public ModelFileCleaner(Jdbi jdbi, ArtifactStore artifacts) {
        this.jdbi = jdbi;
        this.artifacts = artifacts;
    }

    /**
     * @param variant file of the form that predictors ran in its place; null for none
     * @param mistakes file of the pictures of its mistakes; null for none
     */
    private record DeletedVersion(String name, int version, String path, String variant, String mistakes) {}

    /** Removes all that are left and that no other version refers to; returns of how many versions. */
    public int sweep() {
        int removed = 0;
        List<DeletedVersion> deleted = jdbi.withHandle(handle -> handle.createQuery("select name, version, onnx ->> 'path', "
                        + "metadata #>> '{variants,served,path}', metadata #>> '{confusion,pictures,path}' "
                        + "from model_version where deleted_at is not null and not files_gone")
                .map((rs, context) ->
                        new DeletedVersion(rs.getString(1), rs.getInt(2), rs.getString(3), rs.getString(4), rs.getString(5)))
                .list());
        for (DeletedVersion left : deleted) {
            removed += jdbi.inTransaction(handle -> {
                // a version that is published meanwhile may refer to the same file
                AliasUpdates.lock(handle, left.name());
                if (!isReferred(handle, left.path()) && !remove(left)) {
                    return 0;
                }
                return handle.createUpdate(
                                "update model_version set files_gone = true where name = :name and version = :version")
                        .bind("name", left.name())
                        .bind("version", left.version())
                        .execute();
            });
        }
        return removed;
    }

    private static boolean isReferred(Handle handle, String path) {
        return handle.createQuery("select exists (select 1 from model_version "
                        + "where onnx ->> 'path' = :path and deleted_at is null)")
                .bind("path", path)
                .mapTo(Boolean.class)
                .one();
    }

    private boolean remove(DeletedVersion left) {
        try {
            artifacts.delete(left.path());
            artifacts.delete(ArtifactPaths.metadataBeside(left.path()));
            if (left.variant() != null) {
                artifacts.delete(left.variant());
            }
            if (left.mistakes() != null) {
                artifacts.delete(left.mistakes());
            }
            return true;
        } catch (IOException e) {
            LOG.warn("the files of model {} version {} stay for now: {}", left.name(), left.version(), e.toString());
            return false;
        }
    }
}
