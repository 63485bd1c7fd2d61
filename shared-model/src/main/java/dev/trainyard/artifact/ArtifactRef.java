package dev.trainyard.artifact;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * Where an artifact lies and what it must be.
 *
 * @param path relative to the store's root, with forward slashes
 * @param sha256 of the bytes, lower-case hex
 * @param size in bytes
 */
public record ArtifactRef(String path, String sha256, long size) {
    /** Whether it names a file and what it must be; what was read from JSON may not. */
    @JsonIgnore
    public boolean isComplete() {
        return path != null && sha256 != null;
    }
}
