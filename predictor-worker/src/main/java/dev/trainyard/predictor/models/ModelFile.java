package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactRef;

/** One version of a model and the file that holds it; with another file it is another, whatever its number. */
record ModelFile(String name, int version, ArtifactRef onnx) {}
