package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.ValueFormatter.NONE;
import static dev.trainyard.cli.terminal.ValueFormatter.orNone;
import static dev.trainyard.cli.terminal.ValueFormatter.percent;
import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.terminal.Colour;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.job.JobStatus;

/** Formats parts of a job, as {@code GET /api/v1/train/{key}} returns it. */
final class JobFormatter {
    private JobFormatter() {}

    /** Label of the job's status. */
    static String status(JsonNode job) {
        return label(job.path("status").asText());
    }

    /** Label of an API status; an unknown status of a newer gateway is returned unchanged. */
    static String label(String status) {
        return JobStatus.find(status).map(JobStatus::label).orElse(status);
    }

    static String painted(Console console, JsonNode job) {
        return console.paint(colour(job.path("status").asText()), status(job));
    }

    private static Colour colour(String status) {
        return switch (JobStatus.find(status).orElse(JobStatus.QUEUED)) {
            case SUCCEEDED -> Colour.GREEN;
            case FAILED -> Colour.RED;
            case RUNNING -> Colour.CYAN;
            case QUEUED, PAUSED, CANCELLED -> Colour.YELLOW;
        };
    }

    /** Accuracy on the test split; a dash before the job has a result. */
    static String testAccuracy(JsonNode job) {
        return percent(job.at("/message/test/accuracy"));
    }

    static String model(JsonNode job) {
        JsonNode model = job.path("model");
        return model.isObject()
                ? "%s %d"
                        .formatted(
                                model.path("name").asText(),
                                model.path("version").asInt())
                : NONE;
    }

    static String epochs(JsonNode job) {
        return job.path("current_epoch").asInt() + "/" + job.path("epochs").asInt();
    }

    /** One line for a finished epoch. */
    static String epoch(JsonNode metrics, int epochs) {
        JsonNode validation = metrics.path("validation");
        String held = validation.isObject()
                ? text(
                        "; validation accuracy %.4f, loss %.4f",
                        validation.path("accuracy").asDouble(),
                        validation.path("loss").asDouble())
                : "";
        return text(
                "Epoch %d/%d: train accuracy %.4f, loss %.4f%s; %.1f s",
                metrics.path("epoch").asInt(),
                epochs,
                metrics.at("/train/accuracy").asDouble(),
                metrics.at("/train/loss").asDouble(),
                held,
                metrics.path("seconds").asDouble());
    }

    /** Result line of a job that succeeded. */
    static String success(JsonNode job) {
        String published =
                job.path("model").isObject() ? "; published as " + model(job).replace(" ", " version ") : "";
        return "Job %s succeeded: test accuracy %s, train accuracy %s%s."
                .formatted(
                        job.path("key").asText(),
                        testAccuracy(job),
                        percent(job.at("/message/train/accuracy")),
                        published);
    }

    static String failure(JsonNode job) {
        return "Job %s failed: %s (%s)"
                .formatted(job.path("key").asText(), orNone(job.at("/error/message")), orNone(job.at("/error/code")));
    }
}
