package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.terminal.ValueFormatter;
import dev.trainyard.job.JobStatus;
import java.time.Duration;

/** Formats the progress of a job as one terminal line. */
final class ProgressBar {
    private static final int WIDTH = 24;

    private ProgressBar() {}

    static String of(JsonNode job) {
        String status = JobFormatter.status(job);
        if (!status.equals(JobStatus.RUNNING.label())) {
            JsonNode position = job.path("queue_position");
            return status + (position.isNumber() ? ", position " + position.asInt() : "") + " ...";
        }
        double progress = Math.max(0, Math.min(1, job.path("progress").asDouble()));
        int filled = (int) Math.round(progress * WIDTH);
        StringBuilder line = new StringBuilder(text(
                "[%s%s] %3.0f %%  epoch %s",
                "#".repeat(filled), ".".repeat(WIDTH - filled), progress * 100, JobFormatter.epochs(job)));
        if (job.path("current_loss").isNumber()) {
            line.append(text("  loss %.4f", job.path("current_loss").asDouble()));
        }
        JsonNode validation =
                job.path("history").path(job.path("history").size() - 1).at("/validation/accuracy");
        if (validation.isNumber()) {
            line.append("  validation ").append(ValueFormatter.percent(validation));
        }
        JsonNode left = job.path("eta_seconds");
        if (left.isNumber()) {
            line.append("  ")
                    .append(ValueFormatter.duration(Duration.ofSeconds(left.asLong())))
                    .append(" left");
        }
        return line.toString();
    }
}
