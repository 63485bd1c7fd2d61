package dev.trainyard.predictor.crash;

/**
 * A model file as it is run.
 *
 * @param sha256 of the file
 */
public record ModelIdentity(String name, int version, String sha256) {}
