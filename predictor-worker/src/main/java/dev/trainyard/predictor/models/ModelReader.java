package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantinedModels;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads models from the artifact store, except quarantined ones. Thread-safe. */
final class ModelReader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelReader.class);

    /** A file is read completely into the heap; a predictor whose heap is full ends. */
    private static final int HEAP_SHARE = 4;

    private final ArtifactStore artifacts;
    private final QuarantinedModels quarantine;
    private final NativeCallGuard calls;

    ModelReader(ArtifactStore artifacts, QuarantinedModels quarantine, NativeCallGuard calls) {
        this.artifacts = artifacts;
        this.quarantine = quarantine;
        this.calls = calls;
    }

    /**
     * Reads the variant to run, or the model itself if the variant is damaged, missing, quarantined or unusable.
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
                    "model {} version {}: {} cannot be run, so the model itself is used: {}",
                    file.name(),
                    file.version(),
                    file.onnx().path(),
                    e.toString());
            return read(file, file.variantOf());
        }
    }

    private LoadedModel read(ModelFile file, ArtifactRef onnx) throws IOException, UnusableModelException {
        Optional<ModelQuarantine> quarantined = quarantine.find(onnx.sha256());
        if (quarantined.isPresent()) {
            throw new UnusableModelException("it is quarantined because %s ended with %s while it ran"
                    .formatted(quarantined.get().predictor(), quarantined.get().cause()));
        }
        long heap = Runtime.getRuntime().maxMemory();
        if (onnx.size() > heap / HEAP_SHARE) {
            throw new UnusableModelException(
                    "it has %,d bytes, too many to be read in a heap of %,d; give the predictor a larger one with -Xmx"
                            .formatted(onnx.size(), heap));
        }
        return LoadedModel.load(file.identity(onnx), artifacts.read(onnx), calls);
    }

    /** Quarantine that applies to all files of the model; empty if one may run. */
    Optional<ModelQuarantine> quarantine(ModelFile file) {
        Optional<ModelQuarantine> found = quarantine.find(file.onnx().sha256());
        return found.isEmpty() || file.variantOf() == null
                ? found
                : quarantine.find(file.variantOf().sha256());
    }

    /**
     * Returns true if {@code found} applies to this machine only, so that this predictor must report it to operators.
     */
    boolean isLocal(ModelQuarantine found) {
        return quarantine.isLocal(found.sha256());
    }
}
