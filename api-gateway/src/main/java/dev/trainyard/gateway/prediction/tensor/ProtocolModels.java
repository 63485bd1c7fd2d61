package dev.trainyard.gateway.prediction.tensor;

import dev.trainyard.gateway.models.ModelQueries;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** The registry's models as the Open Inference Protocol sees them: every version that is not deleted can be asked for. */
@Singleton
public class ProtocolModels {
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MOST_LISTED = 500;

    private final ModelQueries queries;

    ProtocolModels(ModelQueries queries) {
        this.queries = queries;
    }

    /**
     * Describes a model.
     *
     * @param version null for all of them
     * @throws ProblemException 404 if there is none
     */
    ProtocolModelMetadata card(String name, String version) {
        List<ModelQueries.Version> known = known(name, version);
        List<String> numbers =
                known.stream().map(one -> String.valueOf(one.version())).toList();
        return ProtocolModelMetadata.of(name, numbers, known.get(0).metadata().classes());
    }

    /**
     * The number that {@code version} is; null for null.
     *
     * @throws ProblemException 404 if it is no number
     */
    Integer number(String name, String version) {
        if (version == null) {
            return null;
        }
        if (!version.matches("[1-9][0-9]{0,8}")) {
            throw unknown(name, version);
        }
        return Integer.valueOf(version);
    }

    /** What a client is told when no predictor answers for the model, or another version does. */
    ProblemException notServed(String name, String version) {
        try {
            known(name, version);
        } catch (ProblemException unknown) {
            return unknown;
        }
        return new ProblemException(
                ProblemType.UNAVAILABLE,
                "model '%s'%s is not served by a predictor now; try again".formatted(name, inWords(version)),
                RETRY);
    }

    private List<ModelQueries.Version> known(String name, String version) {
        Integer number = number(name, version);
        List<ModelQueries.Version> known = number == null
                ? queries.list(name, MOST_LISTED).versions()
                : queries.find(name, number).stream()
                        .filter(one -> one.deletedAt() == null)
                        .toList();
        if (known.isEmpty()) {
            throw unknown(name, version);
        }
        return known;
    }

    private static ProblemException unknown(String name, String version) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "unknown model: '%s'%s is not found; GET /api/v1/models lists all".formatted(name, inWords(version)));
    }

    private static String inWords(String version) {
        return version == null ? "" : " version " + version;
    }
}
