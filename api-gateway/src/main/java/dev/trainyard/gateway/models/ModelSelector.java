package dev.trainyard.gateway.models;

import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Model, and version or alias, that a client selected for a request.
 *
 * @param model stored name; null for the default model of the project {@code default}
 * @param alias null if not selected; never set together with a version
 */
public record ModelSelector(
        @Nullable String model,
        @Nullable Integer version,
        @Nullable String alias) {
    private static final int MAX_NAME_LENGTH = 200;

    /** The default model with its route. */
    public static final ModelSelector ANY = new ModelSelector(null, null, null);

    private static @Nullable String stored(String project, @Nullable String model) {
        return model == null && project.equals(ProjectName.DEFAULT)
                ? null
                : ModelName.stored(project, Objects.requireNonNullElse(model, TrainingConfigReader.DIGIT_MODEL));
    }

    /**
     * Parses query parameters of a request in {@code project}.
     *
     * @throws ProblemException with all errors
     */
    public static ModelSelector read(
            String project, @Nullable String model, @Nullable String version, @Nullable String alias) {
        List<Violation> errors = new ArrayList<>();
        if (model != null && (model.isBlank() || model.length() > MAX_NAME_LENGTH)) {
            errors.add(new Violation("?model", "must be the name of a model; GET /api/v1/models lists them"));
        }
        Integer number = version != null && version.matches("[1-9][0-9]{0,8}") ? Integer.valueOf(version) : null;
        if (version != null && number == null) {
            errors.add(new Violation("?version", "must be a whole number from 1"));
        }
        if (alias != null && !Alias.isValid(alias)) {
            errors.add(new Violation("?alias", "must be an alias, " + Alias.FORM));
        }
        if (version != null && alias != null) {
            errors.add(new Violation("?alias", "cannot be combined with version; use one of them"));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new ModelSelector(stored(project, model), number, alias);
    }
}
