package dev.trainyard.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.JsonErrorMessages;

/** Parses JSON; duplicate fields and trailing content are errors. */
public final class StrictJson {
    private static final int DEEPEST = 32;
    private static final int MOST_TOKENS = 20_000;
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(DEEPEST)
            .maxTokenCount(MOST_TOKENS)
            .maxNameLength(1_000)
            .maxStringLength(100_000)
            .maxNumberLength(100)
            .build();
    private static final JsonMapper MAPPER = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /** @throws ProblemException 400 with the location of the error, or 413 if a limit is exceeded */
    public static JsonNode parse(byte[] body) {
        JsonNode node;
        try {
            node = MAPPER.readTree(Utf8.decode(body, 0, body.length));
        } catch (StreamConstraintsException e) {
            throw new ProblemException(
                    ProblemType.TOO_LARGE,
                    "The JSON is nested deeper than %d, has more than %,d fields and values, or has a name or value that is too long."
                            .formatted(DEEPEST, MOST_TOKENS));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr());
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "The body is not JSON: " + place + JsonErrorMessages.plain(e));
        }
        if (node.isMissingNode()) {
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "The body is empty; send JSON. /q/swagger-ui shows examples.");
        }
        return node;
    }
}
