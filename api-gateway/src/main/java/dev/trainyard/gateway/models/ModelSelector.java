package dev.trainyard.gateway.models;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Who shall answer a request.
 *
 * @param model null where the client named none
 * @param version null where the client named none
 * @param alias null where the client named none, never set beside a version
 */
public record ModelSelector(String model, Integer version, String alias) {
    private static final int LONGEST_NAME = 200;

    /** Whoever answers by default. */
    public static final ModelSelector ANY = new ModelSelector(null, null, null);

    /**
     * Reads query parameters; each may be null.
     *
     * @throws ProblemException that names every error
     */
    public static ModelSelector read(String model, String version, String alias) {
        List<Violation> errors = new ArrayList<>();
        if (model != null && (model.isBlank() || model.length() > LONGEST_NAME)) {
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
            errors.add(new Violation("?alias", "cannot stand beside a version; leave one of them out"));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new ModelSelector(model, number, alias);
    }
}
