package dev.trainyard.artifact;

/**
 * Where an artifact lies and what it must be.
 *
 * @param path relative to the store's root, with forward slashes
 * @param sha256 of the bytes, lower-case hex
 * @param size in bytes
 */
public record ArtifactRef(String path, String sha256, long size) {}
