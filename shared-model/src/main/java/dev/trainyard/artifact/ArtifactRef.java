package dev.trainyard.artifact;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * Reference to an artifact: its path and the content it must have.
 *
 * @param path relative to the store's root, with forward slashes
 * @param sha256 SHA-256 of the content, lower-case hex
 * @param size in bytes
 */
public record ArtifactRef(String path, String sha256, long size) {
    /** Returns true if all fields are set; a reference read from JSON may lack some. */
    @JsonIgnore
    public boolean isComplete() {
        return path != null && sha256 != null;
    }
}
