package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.http.StrictJson;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.message.WireJson;
import dev.trainyard.validation.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A valid request.
 *
 * @param json as the client sent it
 */
record NewStudy(JsonNode json, StudySpec spec, StudyLimits limits) {
    private static final ObjectWriter SORTED = WireJson.mapper().writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    /** @throws ProblemException 422 with every error of the request and of the configurations that it leads to */
    static NewStudy read(byte[] body) {
        JsonNode json = StrictJson.parse(body);
        List<Violation> violations = new ArrayList<>();
        StudySpecReader.Request request =
                StudySpecReader.read(json, violations).orElseThrow(() -> ProblemException.invalid(violations));
        violations.addAll(new TrialConfigurations(request.spec()).violations());
        if (!violations.isEmpty()) {
            throw ProblemException.invalid(violations);
        }
        return new NewStudy(json, request.spec(), request.limits());
    }

    /** Hash that does not depend on field order and whitespace of the JSON. */
    String bodyHash() {
        try {
            return FileArtifactStore.sha256(
                    ("study\n" + SORTED.writeValueAsString(json)).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
