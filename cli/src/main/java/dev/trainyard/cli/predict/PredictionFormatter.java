package dev.trainyard.cli.predict;

import static dev.trainyard.cli.terminal.ValueFormatter.percent;
import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.json.Json;

/** Formats the prediction for an image. */
final class PredictionFormatter {
    private PredictionFormatter() {}

    static String of(String file, JsonNode answer) {
        JsonNode outlier = answer.path("outlier");
        if (!answer.path("prediction").isInt()) {
            return text(
                    "%s: no digit (score %.2f, accepted up to %.2f); best guess %s, %s",
                    file,
                    outlier.path("score").asDouble(),
                    outlier.path("threshold").asDouble(),
                    answer.at("/best_guess/prediction").asText(),
                    percent(answer.at("/best_guess/probability")));
        }
        String unsure =
                answer.path("prediction_set").size() > 1 ? ", one of " + Json.text(answer.path("prediction_set")) : "";
        String odd = outlier.path("is_outlier").asBoolean() ? ", does not look like a digit" : "";
        return text(
                "%s: %d (%s%s%s)",
                file, answer.path("prediction").asInt(), percent(answer.path("probability")), unsure, odd);
    }
}
