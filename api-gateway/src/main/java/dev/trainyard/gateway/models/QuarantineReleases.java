package dev.trainyard.gateway.models;

import dev.trainyard.gateway.outbox.Outbox;
import dev.trainyard.message.Topics;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Releases model files from quarantine, so that predictors load them again. */
final class QuarantineReleases {
    private static final String FILES = """
            select onnx ->> 'sha256' from model_version where name = :name and version = :version
            union
            select metadata #>> '{variants,served,sha256}' from model_version
                where name = :name and version = :version and metadata #>> '{variants,served,sha256}' is not null
            """;

    private QuarantineReleases() {}

    /** SHA-256 hashes of the version's files. */
    static List<String> files(Handle handle, String name, int version) {
        return handle.createQuery(FILES)
                .bind("name", name)
                .bind("version", version)
                .mapTo(String.class)
                .list();
    }

    /** Releases files that no version uses any more; a file that another version uses stays in quarantine. */
    static void afterDeletion(Handle handle, String name, int version) {
        files(handle, name, version).stream()
                .filter(sha256 -> !isUsed(handle, sha256))
                .forEach(sha256 -> release(handle, sha256));
    }

    static void release(Handle handle, String sha256) {
        Outbox.remove(handle, Topics.MODEL_QUARANTINE, sha256);
    }

    /** Returns true if an existing version uses this file. */
    static boolean isUsed(Handle handle, String sha256) {
        return handle.createQuery("select exists (select 1 from model_version where deleted_at is null "
                        + "and (onnx ->> 'sha256' = :sha256 or metadata #>> '{variants,served,sha256}' = :sha256))")
                .bind("sha256", sha256)
                .mapTo(Boolean.class)
                .one();
    }
}
