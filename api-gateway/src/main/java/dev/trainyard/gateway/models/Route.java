package dev.trainyard.gateway.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traffic route of a model: the shares of its requests for the canary and the shadow.
 *
 * @param canaryShare share of the requests that the canary answers, 0 to 1
 * @param shadowShare share of the requests that are also sent to the shadow for comparison, 0 to 1
 * @param shadowAlias alias of the shadow
 */
public record Route(
        double canaryShare, double shadowShare, @Nullable String shadowAlias) {
    static final Route NONE = new Route(0, 0, Alias.CANARY);

    private static final FieldSpec<Double> CANARY_SHARE = FieldSpec.decimal(
            "canary_share", "Canary share", "Share of the requests that the canary answers", Range.of(0.0, 1.0), 0.0);
    private static final FieldSpec<Double> SHADOW_SHARE = FieldSpec.decimal(
            "shadow_share",
            "Shadow share",
            "Share of the requests that the shadow gets as well",
            Range.of(0.0, 1.0),
            0.0);

    /** @throws ProblemException that names every error */
    static Route read(JsonNode json) {
        List<Violation> errors = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(json, "", errors);
        double canary = CANARY_SHARE.read(fields);
        double shadow = SHADOW_SHARE.read(fields);
        String alias = Alias.CANARY;
        if (fields.has("shadow_alias")) {
            JsonNode node = fields.node("shadow_alias");
            alias = node.asText();
            if (!node.isTextual() || !Alias.isValid(alias) || alias.equals(Alias.PRODUCTION)) {
                fields.reject(
                        "shadow_alias", "must be an alias other than %s, %s".formatted(Alias.PRODUCTION, Alias.FORM));
            }
        }
        fields.rejectUnread();
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new Route(canary, shadow, alias);
    }
}
