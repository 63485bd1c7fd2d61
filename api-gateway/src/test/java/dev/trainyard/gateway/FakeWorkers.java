package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;

import dev.trainyard.message.PredictReply;
import io.restassured.path.json.JsonPath;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A trainer and a predictor that complete all work at once: jobs succeed, images are classified as eight. */
final class FakeWorkers implements AutoCloseable {
    private static final float[] EIGHT = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0};

    private final FakeTrainer trainer;
    private final FakePredictor predictor;
    private final Thread thread = new Thread(this::train, "fake-trainer");
    private volatile boolean closed;
    private volatile Throwable failure;

    FakeWorkers(Map<String, Object> kafka, Path artifacts) {
        trainer = new FakeTrainer(kafka, artifacts);
        predictor = new FakePredictor(kafka, request -> new PredictReply.Answered("DigitModel", 1, 8, EIGHT, null));
        thread.start();
    }

    private void train() {
        try {
            while (!closed) {
                trainQueued("/api/v1/train?status=queued&limit=500");
                JsonPath studies = get("/api/v1/studies?limit=500").jsonPath();
                for (String study : studies.<String>getList("studies.findAll { it.status == 'running' }.id")) {
                    trainQueued("/api/v1/train?status=queued&limit=500&study=" + study);
                }
                Thread.sleep(100);
            }
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    private void trainQueued(String list) throws Exception {
        JsonPath queue = get(list).jsonPath();
        List<String> waiting = queue.getList("jobs.key");
        for (int i = 0; i < waiting.size(); i++) {
            FakeTrainer.Run run = trainer.take(waiting.get(i), queue.getInt("jobs[%d].attempt".formatted(i)))
                    .claim();
            int epochs = run.job.config().trainArgs().epochs();
            Integer hold = run.job.holdAfterEpoch();
            int last = hold == null ? epochs : Math.min(hold, epochs);
            for (int epoch = run.job.history().size() + 1; epoch <= last; epoch++) {
                run.epoch(epoch, 0.5 / epoch);
            }
            if (last == epochs) {
                run.succeed(0.5);
            }
        }
    }

    @Override
    public void close() throws Exception {
        closed = true;
        thread.join();
        trainer.close();
        predictor.close();
        if (failure != null) {
            throw new IllegalStateException("the fake trainer ended early", failure);
        }
    }
}
