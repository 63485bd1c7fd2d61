package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Source file of a model that was trained elsewhere.
 *
 * @param fileName name given by the client, for display only
 * @param reference expected predictions of the model; null if none were given
 */
public record ImportSource(
        Format format,
        String fileName,
        Upload file,
        @Nullable Upload reference) {

    /** File formats of imported models. */
    public enum Format {
        /** HDF5 of Keras 2, with architecture and weights. */
        @JsonProperty("keras_h5")
        KERAS_H5,
        @JsonProperty("onnx")
        ONNX
    }

    /**
     * An uploaded file, identified by its content.
     *
     * @param sha256 lower-case hex
     * @param size in bytes
     */
    public record Upload(String sha256, long size) {}
}
