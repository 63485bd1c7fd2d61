package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.Words.text;

import com.fasterxml.jackson.databind.JsonNode;

/** How far a job is, on one line of a terminal. */
final class ProgressBar {
    private static final int WIDTH = 24;

    private ProgressBar() {}

    static String of(JsonNode job) {
        String status = JobWords.status(job);
        if (!status.equals("running")) {
            JsonNode position = job.path("queue_position");
            return status + (position.isNumber() ? ", position " + position.asInt() : "") + " ...";
        }
        double progress = job.path("progress").asDouble();
        int filled = (int) Math.round(Math.min(1, progress) * WIDTH);
        JsonNode left = job.path("eta_seconds");
        return text(
                "[%s%s] %3.0f %%  epoch %s  loss %.4f%s",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                progress * 100,
                JobWords.epochs(job),
                job.path("current_loss").asDouble(),
                left.isNumber() ? text("  %.0f s left", left.asDouble()) : "");
    }
}
