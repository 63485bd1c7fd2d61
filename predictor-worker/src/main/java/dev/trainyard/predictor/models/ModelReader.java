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

/** Reads models from the artifact store into memory, but none in quarantine. For any threads. */
final class ModelReader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelReader.class);

    /** A file is read whole, beside all else that is in the heap; a predictor without heap ends. */
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
     * The form that is to be run, or the model itself where that form is damaged, missing, quarantined or of no use here.
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
        Optional<ModelQuarantine> quarantined = quarantine.find(onnx.sha256());
        if (quarantined.isPresent()) {
            throw new UnusableModelException("it is quarantined, as %s ended with %s while it ran"
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

    /** Why no form of it may be run; empty where one may. */
    Optional<ModelQuarantine> quarantine(ModelFile file) {
        Optional<ModelQuarantine> found = quarantine.find(file.onnx().sha256());
        return found.isEmpty() || file.variantOf() == null
                ? found
                : quarantine.find(file.variantOf().sha256());
    }

    /** Whether {@code found} holds for this machine only, so that operators learn of it from this predictor. */
    boolean isLocal(ModelQuarantine found) {
        return quarantine.isLocal(found.sha256());
    }
}
