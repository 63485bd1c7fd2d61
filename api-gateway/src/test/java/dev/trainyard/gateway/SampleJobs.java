package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.TrainEvent;
import java.time.Duration;

/** Jobs in all states that the page shows, created through the API. */
final class SampleJobs {
    static final String CONFIG = config("lenet5", 12, 1);

    private int seed;

    private SampleJobs() {}

    /** Waits for the gateway; existing jobs are kept. */
    static SampleJobs create() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        return new SampleJobs();
    }

    /** Submits a job and returns its key. */
    String submitted(String config) {
        return given().contentType("application/json")
                .body(config)
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .jsonPath()
                .getString("key");
    }

    static String config(String network, int epochs, int seed) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"%s",
                 "train_args":{"batch_size":32,"epochs":%d,"seed":%d}}""".formatted(network, epochs, seed);
    }

    /** Returns the key of a job that trained {@code epochs} epochs and published a model. */
    String finished(FakeTrainer trainer, int epochs) throws Exception {
        String key = submitted(config("lenet5", epochs, ++seed));
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            run.epoch(epoch, trained(epoch), validated(epoch));
        }
        run.succeed(0.99);
        awaitJob(key, "status", "success");
        return key;
    }

    /** Returns the key of a job that is training. */
    String running(FakeTrainer trainer) throws Exception {
        String key = submitted(CONFIG);
        FakeTrainer.Run run = trainer.take(key, 1).claim();
        for (int epoch = 1; epoch <= 7; epoch++) {
            run.epoch(epoch, trained(epoch), validated(epoch));
        }
        run.report(new TrainEvent.Progress(8, 0.021, 0.62, 3_418, 85));
        awaitJob(key, "current_epoch", 8);
        return key;
    }

    private double trained(int epoch) {
        return 0.01 + 0.17 / Math.pow(epoch, 1.1) / Math.sqrt(Math.max(1, seed));
    }

    private double validated(int epoch) {
        return 0.034 + 0.06 / Math.pow(epoch, 1.2) + 0.002 * Math.sin(epoch * 2.3) + 0.003 * seed;
    }

    /** Waits until the job's {@code field} is {@code value}. */
    void awaitJob(String key, String field, Object value) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Object now = get("/api/v1/train/" + key).jsonPath().get(field);
            return value.equals(now);
        });
    }
}
