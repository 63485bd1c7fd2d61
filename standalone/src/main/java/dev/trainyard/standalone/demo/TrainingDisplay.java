package dev.trainyard.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Locale;

/** Shows the progress of a training: a moving bar on a terminal, otherwise one line per epoch. */
final class TrainingDisplay {
    private static final int WIDTH = 30;

    private final PrintStream out;
    private final boolean terminal;
    private int epochsShown;

    TrainingDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** @param job as returned by {@code GET /api/v1/train/{key}} */
    void show(JsonNode job) {
        JsonNode history = job.path("history");
        for (; epochsShown < history.size(); epochsShown++) {
            clearLine();
            out.println(epoch(history.get(epochsShown), job.path("epochs").asInt()));
        }
        if (terminal && job.path("status").asText().equals("training_in_progress")) {
            out.print("\r" + bar(job) + "\u001b[K");
            out.flush();
        }
    }

    void end() {
        clearLine();
    }

    private void clearLine() {
        if (terminal) {
            out.print("\r\u001b[K");
        }
    }

    static String bar(JsonNode job) {
        double progress = job.path("progress").asDouble();
        int filled = (int) Math.round(progress * WIDTH);
        String eta = job.path("eta_seconds").isNumber()
                ? String.format(
                        Locale.ROOT, ", %.0f s left", job.path("eta_seconds").asDouble())
                : "";
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%  epoch %d/%d  loss %.4f  %,.0f samples/s%s",
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                progress * 100,
                job.path("current_epoch").asInt(),
                job.path("epochs").asInt(),
                job.path("current_loss").asDouble(),
                job.path("samples_per_second").asDouble(),
                eta);
    }

    private static String epoch(JsonNode metrics, int epochs) {
        return String.format(
                Locale.ROOT,
                "Epoch %d/%d: train accuracy %.4f, loss %.4f; validation accuracy %.4f, loss %.4f; %.1f s",
                metrics.path("epoch").asInt(),
                epochs,
                metrics.path("train").path("accuracy").asDouble(),
                metrics.path("train").path("loss").asDouble(),
                metrics.path("validation").path("accuracy").asDouble(),
                metrics.path("validation").path("loss").asDouble(),
                metrics.path("seconds").asDouble());
    }
}
