package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.jobs.JobListeners;
import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.gateway.jobs.TestRuns;
import dev.trainyard.gateway.permission.ProjectName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Jdbi;

/** The studies of one gateway on a database of its own, with trainers whose results are a function of the configuration. */
final class TestStudies {
    static final String BASE = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp","train_args":{"batch_size":32,"epochs":3}}""";
    static final String RATE = """
            "/train_args/learning_rate":{"type":"float","min":0.0001,"max":0.1,"scale":"log"}""";

    final Jdbi jdbi;
    final TestRuns runs;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final StudyEngine engine;
    final Studies studies;
    final StudyQueries queries;
    final StudyReplay replay;
    final StudyTask task;

    TestStudies() {
        this(TestDatabase.create(), 1_000);
    }

    /** @param queueLimit jobs that may wait */
    TestStudies(Jdbi jdbi, int queueLimit) {
        this.jdbi = jdbi;
        engine = new StudyEngine(new JobStore(jdbi, queueLimit, () -> {}));
        JobListeners.set(jdbi, () -> List.of(new StudyJobListener(engine, metrics)));
        runs = new TestRuns(jdbi);
        studies = new Studies(jdbi, engine, () -> {}, Duration.ofHours(24));
        queries = new StudyQueries(jdbi);
        replay = new StudyReplay(jdbi);
        task = new StudyTask(jdbi, engine, null, () -> {});
    }

    /** @param rest fields of the request besides name and base, without the outer braces */
    UUID create(String rest) {
        return studies.create(request(rest), ProjectName.DEFAULT, null);
    }

    static NewStudy request(String rest) {
        return NewStudy.read(
                "{\"name\":\"test\",\"base\":%s,%s}".formatted(BASE, rest).getBytes(StandardCharsets.UTF_8));
    }

    StudyView view(UUID id) {
        return queries.view(id);
    }

    List<TrialView> trials(UUID id) {
        return queries.trials(id, 500, null).trials();
    }

    /** Trains one queued job until it waits, ends or is cancelled; false if none is queued. */
    boolean trainOne(BiFunction<JsonNode, Integer, Double> result) {
        List<UUID> queued = runs.queued();
        if (queued.isEmpty()) {
            return false;
        }
        train(queued.get(0), result);
        return true;
    }

    void train(UUID key, BiFunction<JsonNode, Integer, Double> result) {
        if (!runs.claim(key)) {
            return;
        }
        TestRuns.Job job = runs.job(key);
        for (int epoch = job.epochsDone() + 1; epoch <= job.until(); epoch++) {
            if (!runs.epoch(key, epoch, result.apply(job.config(), epoch))) {
                return;
            }
        }
        runs.succeed(key);
    }

    /** Trains until nothing is queued. */
    void trainAll(BiFunction<JsonNode, Integer, Double> result) {
        boolean more = true;
        while (more) {
            more = trainOne(result);
        }
    }

    /** The best learning rate is 0.01. */
    static double byRate(JsonNode config, int epoch) {
        double rate = config.at("/train_args/learning_rate").doubleValue();
        return 1 - 0.1 * Math.abs(Math.log10(rate) + 2) - 0.1 / epoch;
    }

    List<String> events(UUID id, String type) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select trial || ' ' || data from study_event where study = :id and type = :type order by id")
                .bind("id", id)
                .bind("type", type)
                .mapTo(String.class)
                .list());
    }
}
