package dev.trainyard.gateway.training;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.message.ParserMessages;

/** JSON where a field that stands twice, or anything after the document, is an error. */
public final class StrictJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /** @throws ProblemException 400 that says where the text stops being JSON */
    public static JsonNode parse(String body) {
        JsonNode node;
        try {
            node = MAPPER.readTree(body == null ? "" : body);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr());
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "The body is not JSON: " + place + ParserMessages.plain(e));
        }
        if (node.isMissingNode()) {
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "The body is empty; send JSON. /q/swagger-ui shows examples.");
        }
        return node;
    }
}
