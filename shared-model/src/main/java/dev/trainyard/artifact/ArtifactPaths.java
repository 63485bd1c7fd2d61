package dev.trainyard.artifact;

import dev.trainyard.job.ImportSource;
import java.util.UUID;

/** The layout of the store. A path holds attempt and token, so two workers never write the same file. */
public final class ArtifactPaths {
    private ArtifactPaths() {}

    public static String checkpoint(UUID key, int attempt, UUID token, int epoch) {
        return "%s/checkpoint-%04d.bin".formatted(attempt(key, attempt, token), epoch);
    }

    /** Taken within the epoch after {@code epochs}, when the worker was drained. */
    public static String partialCheckpoint(UUID key, int attempt, UUID token, int epochs) {
        return "%s/checkpoint-%04d-partial.bin".formatted(attempt(key, attempt, token), epochs);
    }

    public static String model(UUID key, int attempt, UUID token) {
        return attempt(key, attempt, token) + "/model.onnx";
    }

    /** A cheaper form of {@code model.onnx}, such as {@code int8}. */
    public static String variant(UUID key, int attempt, UUID token, String variant) {
        return "%s/model.%s.onnx".formatted(attempt(key, attempt, token), variant);
    }

    /** The pictures of a {@link ConfusionMatrix}. */
    public static String mistakes(UUID key, int attempt, UUID token) {
        return attempt(key, attempt, token) + "/mistakes.png";
    }

    /**
     * A file of a model that came with the platform; by content, as a later release may bring another one.
     *
     * @param sha256 of its ONNX file
     */
    public static String bundled(String model, String sha256, String file) {
        return "bundled/%s/%s/%s".formatted(model, sha256, file);
    }

    /** A file that was sent to be imported, or to check an import by; the same content is kept once. */
    public static ArtifactRef upload(ImportSource.Upload upload) {
        return new ArtifactRef("uploads/" + upload.sha256(), upload.sha256(), upload.size());
    }

    /** The {@link ModelMetadata} beside {@code model.onnx}. */
    public static String metadata(UUID key, int attempt, UUID token) {
        return attempt(key, attempt, token) + "/model.json";
    }

    /** The metadata beside a model's ONNX file, whether there is one or not. */
    public static String metadataBeside(String onnxPath) {
        return onnxPath.substring(0, onnxPath.lastIndexOf('/') + 1) + "model.json";
    }

    private static String attempt(UUID key, int attempt, UUID token) {
        return "jobs/%s/attempt-%d-%s".formatted(key, attempt, token);
    }
}
