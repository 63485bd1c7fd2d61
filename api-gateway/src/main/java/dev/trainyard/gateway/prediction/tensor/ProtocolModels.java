package dev.trainyard.gateway.prediction.tensor;

import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** The registry's models as the Open Inference Protocol sees them: a version can be asked for while it is active. */
@Singleton
public class ProtocolModels {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ModelRegistry registry;

    ProtocolModels(ModelRegistry registry) {
        this.registry = registry;
    }

    /**
     * Describes a model.
     *
     * @param version null for the active one
     * @throws ProblemException 404 if there is none
     */
    ModelCard card(String name, String version) {
        List<ModelRegistry.Version> known = known(name, version);
        List<String> served = known.stream()
                .filter(one -> version != null || one.active())
                .map(one -> String.valueOf(one.version()))
                .toList();
        return ModelCard.of(name, served, known.get(0).metadata().classes());
    }

    /** What a client is told when no predictor answers for the model, or another version does. */
    ProblemException notServed(String name, String version) {
        List<ModelRegistry.Version> known;
        try {
            known = known(name, version);
        } catch (ProblemException unknown) {
            return unknown;
        }
        boolean active = known.stream().anyMatch(ModelRegistry.Version::active);
        String detail = active
                ? "model '%s'%s is not loaded by a predictor yet; try again"
                : "model '%s'%s is not active, so no predictor serves it";
        return new ProblemException(
                ProblemType.UNAVAILABLE, detail.formatted(name, version == null ? "" : " version " + version), RETRY);
    }

    private List<ModelRegistry.Version> known(String name, String version) {
        List<ModelRegistry.Version> known = registry.all().stream()
                .filter(one -> one.name().equals(name))
                .filter(one -> version == null || version.equals(String.valueOf(one.version())))
                .toList();
        if (known.isEmpty()) {
            throw new ProblemException(
                    ProblemType.NOT_FOUND,
                    "unknown model: '%s'%s is not found; GET /api/v1/models lists all"
                            .formatted(name, version == null ? "" : " version " + version));
        }
        return known;
    }
}
