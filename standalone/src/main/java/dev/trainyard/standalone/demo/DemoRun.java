package dev.trainyard.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Trains a model on a running platform and predicts an image with it. */
public final class DemoRun {
    private static final Duration POLL = Duration.ofMillis(500);
    /** Always promoted, even if the bundled model is more accurate, so that the new model answers the prediction. */
    private static final String CONFIG = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28,1]},"model":"DigitModel",\
            "network":"lenet5","network_args":{},"train_args":{"batch_size":32,"epochs":2},\
            "save_weights":true,"promote":"always"}""";

    private final DemoClient client;
    private final PrintStream out;
    private final TrainingDisplay display;
    private final Path example;

    /** @param example a PNG of the digit 8 */
    public DemoRun(String url, Path example, PrintStream out, boolean terminal) {
        this.out = out;
        this.display = new TrainingDisplay(out, terminal);
        this.client = new DemoClient(url, problem -> {
            display.end();
            out.println(problem);
        });
        this.example = example;
    }

    /** @throws IOException if a step fails, with the reason */
    public void run() throws IOException, InterruptedException {
        out.println("POST /api/v1/train " + CONFIG);
        String key =
                client.train(new ObjectMapper().readTree(CONFIG)).path("key").asText();
        out.println("The job's key is " + key + ".");
        JsonNode job = watch(key);
        JsonNode scores = job.path("message");
        out.println(score("Train", scores.path("train")));
        out.println(score("Test ", scores.path("test")));
        predict(job.path("model").path("version").asInt());
    }

    /**
     * Waits without a limit, because the duration depends on the machine and a hung run is given to another trainer.
     */
    private JsonNode watch(String key) throws IOException, InterruptedException {
        while (true) {
            JsonNode job = client.status(key);
            display.show(job);
            switch (job.path("status").asText()) {
                case "success" -> {
                    display.end();
                    return job;
                }
                case "failed", "cancelled" -> {
                    display.end();
                    throw new IOException(
                            "The training ended as " + job.path("status").asText() + ": "
                                    + job.path("error").path("message").asText("no reason is known"));
                }
                default -> Thread.sleep(POLL.toMillis()); // a client polls
            }
        }
    }

    private void predict(int version) throws IOException, InterruptedException {
        JsonNode answer = client.predict(example);
        if (answer.path("model").path("version").asInt() != version) {
            out.println("Waiting until the predictor has loaded version %d of the model.".formatted(version));
        }
        while (answer.path("model").path("version").asInt() != version) {
            Thread.sleep(100);
            answer = client.predict(example);
        }
        out.println("POST /api/v1/predict example/" + example.getFileName() + " answers " + answer);
        if (answer.path("prediction").asInt() != 8) {
            throw new IOException("The model classifies the 8 in %s as %d."
                    .formatted(example, answer.path("prediction").asInt()));
        }
        out.println(String.format(
                Locale.ROOT,
                "Version %d of the model predicts the digit %d with probability %.4f.",
                version,
                answer.path("prediction").asInt(),
                answer.path("probability").asDouble()));
    }

    private static String score(String split, JsonNode score) {
        return String.format(
                Locale.ROOT,
                "%s accuracy %.4f, loss %.4f",
                split,
                score.path("accuracy").asDouble(),
                score.path("loss").asDouble());
    }
}
