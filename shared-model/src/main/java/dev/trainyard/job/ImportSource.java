package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The file that a model comes from which was trained elsewhere.
 *
 * @param fileName as whoever brought it called it; for people only
 * @param reference what the model must answer; null if nothing was given
 */
public record ImportSource(Format format, String fileName, Upload file, Upload reference) {

    /** The forms that models are brought in. */
    public enum Format {
        /** HDF5 as Keras 2 writes it, architecture and weights. */
        @JsonProperty("keras_h5")
        KERAS_H5,
        @JsonProperty("onnx")
        ONNX
    }

    /**
     * A file that was sent, kept by its content.
     *
     * @param sha256 lower-case hex
     * @param size in bytes
     */
    public record Upload(String sha256, long size) {}
}
