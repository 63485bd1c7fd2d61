package dev.trainyard.predictor.crash;

/**
 * Identifies a model file that runs.
 *
 * @param sha256 SHA-256 of the file
 */
public record ModelIdentity(String name, int version, String sha256) {}
