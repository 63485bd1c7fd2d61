package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.ValueFormatter.NONE;
import static dev.trainyard.cli.terminal.ValueFormatter.orNone;
import static dev.trainyard.cli.terminal.ValueFormatter.percent;
import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Table;
import java.util.ArrayList;
import java.util.List;

/** Formats all details of a job. */
final class JobDetailsFormatter {
    private JobDetailsFormatter() {}

    static String of(Console console, JsonNode job) {
        StringBuilder sheet = new StringBuilder(head(console, job).toString());
        if (job.path("history").size() > 0) {
            add(sheet, epochs(job));
        }
        if (job.path("transitions").size() > 0) {
            add(sheet, moves(job));
        }
        return sheet.append("%n%nConfiguration: ".formatted())
                .append(Json.text(job.path("config")))
                .toString();
    }

    private static Table head(Console console, JsonNode job) {
        Table head = new Table("Job", job.path("key").asText());
        head.add("Status", JobFormatter.painted(console, job));
        head.add("Network", orNone(job.at("/config/network")));
        head.add("Epochs", JobFormatter.epochs(job));
        head.add("Attempt", job.path("attempt").asText());
        head.add("Worker", orNone(job.path("worker")));
        if (job.path("engine").isTextual()) {
            head.add("Engine", job.path("engine").asText());
        }
        head.add("Created", orNone(job.path("created_at")));
        head.add("Started", orNone(job.path("started_at")));
        head.add("Ended", orNone(job.path("ended_at")));
        if (job.path("priority").isNumber()) {
            head.add("Priority", job.path("priority").asText());
        }
        if (job.path("queue_position").isNumber()) {
            head.add("Queue position", job.path("queue_position").asText());
        }
        if (job.path("pool").isTextual()) {
            head.add("Pool", job.path("pool").asText());
        }
        if (job.path("waiting_reason").isTextual()) {
            head.add("Waiting", job.path("waiting_reason").asText());
        }
        if (job.path("waiting_for").size() > 0) {
            head.add("Waits for", keys(job.path("waiting_for")));
        } else if (job.path("after").size() > 0) {
            head.add("After", keys(job.path("after")));
        }
        if (job.path("eta_seconds").isNumber()) {
            head.add("Time left", text("%.0f s", job.path("eta_seconds").asDouble()));
        }
        if (job.path("message").isObject()) {
            head.add("Test accuracy", JobFormatter.testAccuracy(job));
            head.add("Train accuracy", percent(job.at("/message/train/accuracy")));
            head.add("Model", JobFormatter.model(job));
        }
        if (job.path("verification").isObject()) {
            head.add(
                    "Same weights as " + job.at("/verification/of").asText(),
                    job.at("/verification/same").asBoolean() ? "yes" : "no");
        }
        if (job.path("error").isObject()) {
            head.add("Error", "%s (%s)".formatted(orNone(job.at("/error/message")), orNone(job.at("/error/code"))));
        }
        return head;
    }

    private static String keys(JsonNode list) {
        List<String> keys = new ArrayList<>();
        list.forEach(key -> keys.add(key.asText()));
        return String.join(", ", keys);
    }

    private static Table epochs(JsonNode job) {
        Table table = new Table("EPOCH", "TRAIN", "LOSS", "VALIDATION", "LOSS", "TIME");
        for (JsonNode epoch : job.path("history")) {
            table.add(
                    epoch.path("epoch").asText(),
                    percent(epoch.at("/train/accuracy")),
                    loss(epoch.at("/train/loss")),
                    percent(epoch.at("/validation/accuracy")),
                    loss(epoch.at("/validation/loss")),
                    text("%.1f s", epoch.path("seconds").asDouble()));
        }
        return table;
    }

    private static Table moves(JsonNode job) {
        Table table = new Table("AT", "TO", "ATTEMPT", "REASON", "WORKER", "DETAIL");
        for (JsonNode move : job.path("transitions")) {
            table.add(
                    orNone(move.path("at")),
                    move.path("to").isTextual()
                            ? JobFormatter.label(move.path("to").asText())
                            : NONE,
                    orNone(move.path("attempt")),
                    orNone(move.path("reason")),
                    orNone(move.path("worker")),
                    orNone(move.path("detail")));
        }
        return table;
    }

    private static String loss(JsonNode value) {
        return value.isNumber() ? text("%.4f", value.asDouble()) : NONE;
    }

    private static void add(StringBuilder sheet, Table table) {
        sheet.append("%n%n".formatted()).append(table);
    }
}
