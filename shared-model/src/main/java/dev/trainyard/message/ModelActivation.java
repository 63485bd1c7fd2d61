package dev.trainyard.message;

import dev.trainyard.artifact.ArtifactRef;
import java.time.Instant;

/** The version of a model that is in production from now on: predictors keep it loaded. */
public record ModelActivation(int v, String name, int version, ArtifactRef onnx, Instant at) implements Versioned {}
