package dev.trainyard.artifact;

import dev.trainyard.job.ImportSource;
import java.util.UUID;

/** Paths in the artifact store. A path contains attempt and token, so that two workers never write the same file. */
public final class ArtifactPaths {
    private ArtifactPaths() {}

    public static String checkpoint(UUID key, int attempt, UUID token, int epoch) {
        return "%s/checkpoint-%04d.bin".formatted(attempt(key, attempt, token), epoch);
    }

    /** A checkpoint within the epoch after {@code epochs}, written when the worker was drained. */
    public static String partialCheckpoint(UUID key, int attempt, UUID token, int epochs) {
        return "%s/checkpoint-%04d-partial.bin".formatted(attempt(key, attempt, token), epochs);
    }

    public static String model(UUID key, int attempt, UUID token) {
        return attempt(key, attempt, token) + "/model.onnx";
    }

    /** A cheaper variant of {@code model.onnx}, such as {@code int8}. */
    public static String variant(UUID key, int attempt, UUID token, String variant) {
        return "%s/model.%s.onnx".formatted(attempt(key, attempt, token), variant);
    }

    /** The images of a {@link ConfusionMatrix}. */
    public static String mistakes(UUID key, int attempt, UUID token) {
        return attempt(key, attempt, token) + "/mistakes.png";
    }

    /**
     * A file of a bundled model. The path contains the content's hash because a later release may bundle another
     * model.
     *
     * @param sha256 SHA-256 of its ONNX file
     */
    public static String bundled(String model, String sha256, String file) {
        return "bundled/%s/%s/%s".formatted(model, sha256, file);
    }

    /** A file uploaded for an import, or its reference; equal content is stored once. */
    public static ArtifactRef upload(ImportSource.Upload upload) {
        return new ArtifactRef("uploads/" + upload.sha256(), upload.sha256(), upload.size());
    }

    /** Path of the {@link ModelMetadata} next to {@code model.onnx}. */
    public static String metadata(UUID key, int attempt, UUID token) {
        return attempt(key, attempt, token) + "/model.json";
    }

    /** Path of the metadata for a model's ONNX file; the file may not exist. */
    public static String metadataBeside(String onnxPath) {
        return onnxPath.substring(0, onnxPath.lastIndexOf('/') + 1) + "model.json";
    }

    private static String attempt(UUID key, int attempt, UUID token) {
        return "jobs/%s/attempt-%d-%s".formatted(key, attempt, token);
    }
}
