package dev.trainyard.cli.studies;

import static dev.trainyard.cli.terminal.ValueFormatter.age;
import static dev.trainyard.cli.terminal.ValueFormatter.orNone;
import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.gateway.JobEvent;
import dev.trainyard.cli.terminal.Colour;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Table;
import dev.trainyard.cli.terminal.ValueFormatter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Texts about studies and their trials. */
final class StudyFormatter {
    private StudyFormatter() {}

    static String list(Console console, Iterable<JsonNode> studies) {
        Table table = new Table("ID", "NAME", "STATUS", "TRIALS", "EPOCHS", "BEST", "AGE");
        for (JsonNode study : studies) {
            table.add(
                    study.path("id").asText(),
                    study.path("name").asText(),
                    status(console, study),
                    trials(study),
                    study.at("/summary/epochs").asText(),
                    orNone(study.at("/summary/best/value")),
                    age(study.path("created_at")));
        }
        return table.toString();
    }

    private static String status(Console console, JsonNode study) {
        String status = study.path("status").asText();
        return switch (status) {
            case "completed" -> console.paint(Colour.GREEN, status);
            case "failed" -> console.paint(Colour.RED, status);
            default -> status;
        };
    }

    private static String trials(JsonNode study) {
        return "%s/%s"
                .formatted(
                        study.at("/summary/trials").asText(),
                        study.at("/limits/max_trials").asText());
    }

    static String details(Console console, JsonNode study, Iterable<JsonNode> trials) {
        JsonNode summary = study.path("summary");
        List<String> lines = new ArrayList<>();
        lines.add("Study    %s".formatted(study.path("id").asText()));
        lines.add("Name     %s".formatted(study.path("name").asText()));
        lines.add("Status   %s%s".formatted(status(console, study), reason(study)));
        lines.add("Trials   %s: %s running, %s waiting, %s completed, %s pruned, %s failed"
                .formatted(
                        trials(study),
                        summary.path("running"),
                        summary.path("waiting"),
                        summary.path("completed"),
                        summary.path("pruned"),
                        summary.path("failed")));
        lines.add("Epochs   %s".formatted(summary.path("epochs")));
        if (summary.path("best").isObject()) {
            lines.add("Best     trial %s, %s".formatted(summary.at("/best/trial"), summary.at("/best/value")));
        }
        if (study.path("model").isObject()) {
            lines.add("Model    %s version %s".formatted(study.at("/model/name").asText(), study.at("/model/version")));
        }
        return String.join("\n", lines) + "\n\n" + trialTable(trials);
    }

    private static String reason(JsonNode study) {
        List<String> parts = new ArrayList<>();
        for (String field : List.of("end_reason", "detail")) {
            if (study.path(field).isTextual()) {
                parts.add(study.path(field).asText());
            }
        }
        return parts.isEmpty() ? "" : " (%s)".formatted(String.join(": ", parts));
    }

    private static String trialTable(Iterable<JsonNode> trials) {
        Table table = new Table("TRIAL", "STATE", "EPOCHS", "RESULT", "VALUES");
        for (JsonNode trial : trials) {
            table.add(
                    trial.path("number").asText(),
                    trial.path("state").asText(),
                    String.valueOf(trial.path("curve").size()),
                    result(trial),
                    values(trial));
        }
        return table.toString();
    }

    /** The result of the last epoch. */
    private static String result(JsonNode trial) {
        JsonNode curve = trial.path("curve");
        return curve.isEmpty()
                ? ValueFormatter.NONE
                : orNone(curve.get(curve.size() - 1).path("value"));
    }

    private static String values(JsonNode trial) {
        List<String> values = new ArrayList<>();
        trial.path("values").fields().forEachRemaining(value -> values.add(value.getKey() + "=" + value.getValue()));
        return String.join(" ", values);
    }

    static String trial(JsonNode trial) {
        return "Trial %s, %s, %s after %d epochs%n%s%nJob %s"
                .formatted(
                        trial.path("number"),
                        trial.path("state").asText(),
                        result(trial),
                        trial.path("curve").size(),
                        values(trial),
                        trial.path("job").asText());
    }

    static String plan(JsonNode plan) {
        return text(
                "%s trials, %s epochs expected, %s at most%nabout %s on the present trainers%n%,.0f MB of memory for each trainer",
                plan.path("trials"),
                plan.path("epochs_expected"),
                plan.path("epochs_at_most"),
                ValueFormatter.duration(Duration.ofSeconds(
                        Math.round(plan.path("seconds_expected").asDouble()))),
                plan.path("peak_bytes").asDouble() / 1e6);
    }

    /** Describes an event; empty for those that are of no interest to a reader. */
    static Optional<String> event(JobEvent event) {
        JsonNode data = event.data();
        String trial = "Trial " + data.path("trial");
        return Optional.ofNullable(
                switch (event.name()) {
                    case "suggest" -> "%s begins: %s".formatted(trial, values(data));
                    case "epoch" -> "%s, epoch %s: %s".formatted(trial, data.path("epoch"), orNone(data.path("value")));
                    case "promote" ->
                        "%s is promoted%s"
                                .formatted(trial, data.has("hold") ? " to epoch " + data.path("hold") : " to its end");
                    case "prune" -> trial + " is stopped";
                    case "trial" ->
                        "%s %s%s"
                                .formatted(
                                        trial,
                                        data.path("state").asText(),
                                        data.has("detail")
                                                ? ": " + data.path("detail").asText()
                                                : "");
                    case "status" -> "The study is " + data.path("to").asText();
                    case "published" ->
                        "Published %s version %s".formatted(data.path("model").asText(), data.path("version"));
                    default -> null;
                });
    }
}
