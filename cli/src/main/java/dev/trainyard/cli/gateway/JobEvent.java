package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An event of a job, as sent by the gateway.
 *
 * @param id null for the final {@code end} event
 * @param name {@code status}, {@code epoch} or {@code end}
 */
public record JobEvent(@Nullable String id, String name, JsonNode data) {
    public boolean isEnd() {
        return name.equals("end");
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        if (id != null) {
            json.put("id", Long.parseLong(id));
        }
        json.put("event", name);
        json.set("data", data);
        return json;
    }
}
