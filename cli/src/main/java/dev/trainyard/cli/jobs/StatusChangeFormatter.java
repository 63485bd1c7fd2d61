package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import java.util.Optional;

/** Formats a change of a job's status. */
final class StatusChangeFormatter {
    private StatusChangeFormatter() {}

    /** Returns empty for final statuses, which are printed as the result. */
    static Optional<String> of(JsonNode change, CommandContext context, String key) {
        int attempt = change.path("attempt").asInt();
        return switch (change.path("to").asText()) {
            case "queued" -> {
                if (change.path("reason").asText().equals("dependencies_met")) {
                    yield Optional.of("Queued; the jobs that it waited for have succeeded.");
                }
                yield Optional.of(attempt > 1 ? again(change, attempt) : "Queued.");
            }
            case "training_in_progress" ->
                Optional.of("Training%s%s."
                        .formatted(
                                change.path("worker").isTextual()
                                        ? " on " + change.path("worker").asText()
                                        : "",
                                attempt > 1 ? ", attempt " + attempt : ""));
            case "paused" -> Optional.of("Paused; resume it with %s".formatted(context.command("jobs resume " + key)));
            default -> Optional.empty();
        };
    }

    private static String again(JsonNode change, int attempt) {
        String reason = change.path("reason").asText("").replace('_', ' ');
        String detail =
                change.path("detail").isTextual() ? " (" + change.path("detail").asText() + ")" : "";
        return "Queued again for attempt %d: %s%s.".formatted(attempt, reason, detail);
    }
}
