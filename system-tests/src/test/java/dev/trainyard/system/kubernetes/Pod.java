package dev.trainyard.system.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * A pod as the cluster describes it.
 *
 * @param readyAt when it became ready; empty before
 * @param isEnding true from its deletion on
 */
record Pod(String name, Instant createdAt, Optional<Instant> readyAt, boolean isEnding) {

    static Pod of(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        Optional<Instant> readyAt = Optional.empty();
        for (JsonNode condition : pod.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")
                    && condition.path("status").asText().equals("True")) {
                readyAt = Optional.of(
                        Instant.parse(condition.path("lastTransitionTime").asText()));
            }
        }
        return new Pod(
                metadata.path("name").asText(),
                Instant.parse(metadata.path("creationTimestamp").asText()),
                readyAt,
                metadata.has("deletionTimestamp"));
    }
}
