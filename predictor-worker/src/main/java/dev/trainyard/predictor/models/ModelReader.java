package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads models from the artifact store into memory. For any threads. */
final class ModelReader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelReader.class);

    private final ArtifactStore artifacts;

    ModelReader(ArtifactStore artifacts) {
        this.artifacts = artifacts;
    }

    /**
     * The form that is to be run, or the model itself where that form is damaged, missing or of no use here.
     *
     * @throws IOException if the model itself cannot be read
     * @throws UnusableModelException if the model itself cannot be run
     */
    LoadedModel read(ModelFile file) throws IOException, UnusableModelException {
        if (file.variantOf() == null) {
            return read(file, file.onnx());
        }
        try {
            return read(file, file.onnx());
        } catch (IOException | UnusableModelException e) {
            LOG.warn(
                    "model {} version {}: {} cannot be run, so the model itself is: {}",
                    file.name(),
                    file.version(),
                    file.onnx().path(),
                    e.toString());
            return read(file, file.variantOf());
        }
    }

    private LoadedModel read(ModelFile file, ArtifactRef onnx) throws IOException, UnusableModelException {
        return LoadedModel.load(file.name(), file.version(), artifacts.read(onnx));
    }
}
