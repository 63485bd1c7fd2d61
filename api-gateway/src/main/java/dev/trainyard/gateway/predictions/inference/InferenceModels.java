package dev.trainyard.gateway.predictions.inference;

import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registry's models for the Open Inference Protocol, which can request every version that is not deleted. */
@Singleton
public class InferenceModels {
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MAX_LISTED = 500;

    private final ModelQueries queries;

    InferenceModels(ModelQueries queries) {
        this.queries = queries;
    }

    /**
     * Returns the metadata of a model.
     *
     * @param name its stored name
     * @param version null for all versions
     * @throws ProblemException 404 if it does not exist
     */
    InferenceModelMetadata metadata(String name, @Nullable String version) {
        List<ModelQueries.Version> known = known(name, version);
        List<String> numbers =
                known.stream().map(one -> String.valueOf(one.version())).toList();
        return InferenceModelMetadata.of(
                ModelName.plain(name), numbers, known.get(0).metadata().classes());
    }

    /**
     * Parses a version number; null for null.
     *
     * @throws ProblemException 404 if it is not a number
     */
    @Nullable
    Integer number(String name, @Nullable String version) {
        if (version == null) {
            return null;
        }
        if (!version.matches("[1-9][0-9]{0,8}")) {
            throw unknown(name, version);
        }
        return Integer.valueOf(version);
    }

    /** The problem if no predictor serves the model, or only another version of it. */
    ProblemException notServed(String name, @Nullable String version) {
        try {
            known(name, version);
        } catch (ProblemException unknown) {
            return unknown;
        }
        return new ProblemException(
                ProblemType.UNAVAILABLE,
                "model '%s'%s is not served by a predictor now; try again"
                        .formatted(ModelName.plain(name), versionText(version)),
                RETRY);
    }

    private List<ModelQueries.Version> known(String name, @Nullable String version) {
        Integer number = number(name, version);
        List<ModelQueries.Version> known = number == null
                ? queries.list(name, MAX_LISTED).versions()
                : queries.find(name, number).stream()
                        .filter(one -> one.deletedAt() == null)
                        .toList();
        if (known.isEmpty()) {
            throw unknown(name, version);
        }
        return known;
    }

    private static ProblemException unknown(String name, @Nullable String version) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "unknown model: '%s'%s is not found; GET /api/v1/models lists all"
                        .formatted(ModelName.plain(name), versionText(version)));
    }

    private static String versionText(@Nullable String version) {
        return version == null ? "" : " version " + version;
    }
}
