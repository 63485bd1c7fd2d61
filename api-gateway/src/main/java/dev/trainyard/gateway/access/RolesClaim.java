package dev.trainyard.gateway.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.message.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The claim of a token that has the roles. The framework reads it too, but takes claims of other types as texts, and
 * claims on the way to it.
 *
 * @param path segments separated by slashes; one in double quotes may have slashes itself
 */
record RolesClaim(String path) {
    private static final Pattern SEPARATOR = Pattern.compile("/(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    /** The texts of a list, or the words of a text; empty if there is no such claim or it has another type. */
    Set<String> read(JsonNode claims) {
        JsonNode value = claims;
        for (String segment : SEPARATOR.split(path)) {
            value = value.path(segment.replace("\"", ""));
        }
        if (value.isTextual()) {
            return new LinkedHashSet<>(List.of(SPACES.split(value.asText())));
        }
        Set<String> texts = new LinkedHashSet<>();
        if (value.isArray()) {
            value.forEach(element -> {
                if (element.isTextual()) {
                    texts.add(element.asText());
                }
            });
        }
        return texts;
    }

    /** Reads the claim of a signed token that has been verified. */
    Set<String> read(String verifiedToken) {
        byte[] payload = Base64.getUrlDecoder().decode(verifiedToken.split("\\.", -1)[1]);
        try {
            return read(WireJson.mapper().readTree(new String(payload, StandardCharsets.UTF_8)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a verified token has claims in JSON", e);
        }
    }
}
