package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.trainyard.cli.json.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parses the lines of Server-Sent Events; ignores comments and unknown fields. */
final class EventParser {
    private @Nullable String id;
    private String name = "";
    private final StringBuilder data = new StringBuilder();

    /** Returns an event if {@code line} completes one. */
    Optional<JobEvent> addLine(String line) {
        if (line.isEmpty()) {
            return event();
        }
        int colon = line.indexOf(':');
        if (colon > 0) {
            String value = line.substring(colon + 1);
            field(line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        }
        return Optional.empty();
    }

    private void field(String field, String value) {
        switch (field) {
            case "id" -> id = value;
            case "event" -> name = value;
            case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
            default -> {}
        }
    }

    private Optional<JobEvent> event() {
        JobEvent event = new JobEvent(id, name, Json.read(data.toString()).orElse(MissingNode.getInstance()));
        boolean complete = !data.isEmpty();
        id = null;
        name = "";
        data.setLength(0);
        return complete ? Optional.of(event) : Optional.empty();
    }
}
