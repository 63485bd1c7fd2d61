package dev.trainyard.gateway.studies;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.jobs.TestRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies with each sampler and pruner, whose trials report their epochs in any order. */
@Tag("full")
class StudyReplayTest {
    private static final String REQUEST = """
            "space":{"/train_args/learning_rate":{"type":"float","min":0.0001,"max":0.1,"scale":"log"},
                     "/train_args/batch_size":{"type":"categorical","values":[32,64,128]}},
            "sampler":{"name":"%s","seed":11%s},"pruner":{"name":"%s","max_epochs":9},"order":"%s",
            "limits":{"max_trials":%d,"parallel_trials":%d}""";

    private final TestStudies gateway = new TestStudies();

    /** A job that trains. */
    private static final class Run {
        private final TestRuns.Job job;
        private int epoch;

        private Run(TestRuns.Job job) {
            this.job = job;
            this.epoch = job.epochsDone();
        }
    }

    /** Lets up to {@code trainers} jobs report in random order until nothing is left to do. */
    private void train(int trainers, Random random) {
        List<Run> running = new ArrayList<>();
        while (true) {
            List<UUID> queued = gateway.runs.queued();
            if (!queued.isEmpty() && running.size() < trainers && (running.isEmpty() || random.nextBoolean())) {
                UUID key = queued.get(0);
                assertThat(gateway.runs.claim(key)).isTrue();
                running.add(new Run(gateway.runs.job(key)));
            } else if (running.isEmpty()) {
                return;
            } else {
                Run run = running.get(random.nextInt(running.size()));
                if (!step(run)) {
                    running.remove(run);
                }
            }
        }
    }

    /** Returns false if the run has ended. */
    private boolean step(Run run) {
        UUID key = run.job.key();
        if (run.epoch < run.job.until()) {
            run.epoch++;
            if (run.epoch == 2 && isBad(run.job.config())) {
                gateway.runs.fail(key);
                return false;
            }
            boolean applied = gateway.runs.epoch(key, run.epoch, TestStudies.byRate(run.job.config(), run.epoch));
            return applied && gateway.runs.status(key).equals("training_in_progress");
        }
        gateway.runs.succeed(key);
        return false;
    }

    /** Some configurations fail, whenever they run. */
    private static boolean isBad(JsonNode config) {
        return config.at("/train_args/learning_rate").doubleValue() > 0.07;
    }

    @ParameterizedTest
    @CsvSource({
        "random, none, arrival",
        "random, asha, arrival",
        "random, hyperband, arrival",
        "random, median, arrival",
        "tpe, none, arrival",
        "tpe, asha, arrival",
        "tpe, hyperband, fixed",
        "tpe, asha, fixed",
        "random, hyperband, fixed",
        "grid, asha, arrival"
    })
    void everyEndedStudyReplays(String sampler, String pruner, String order) {
        UUID id = gateway.create(
                REQUEST.formatted(sampler, sampler.equals("grid") ? ",\"points\":8" : "", pruner, order, 24, 4));
        train(3, new Random(1));
        StudyView study = gateway.view(id);
        assertThat(study.status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(study.summary().trials()).isEqualTo(24);
        assertThat(study.summary().completed()).isPositive();
        assertThat(gateway.trials(id).stream().map(TrialView::values).distinct())
                .hasSize(24);
        StudyReplay.Result replay = gateway.replay.run(id);
        assertThat(replay.difference()).isNull();
        assertThat(replay.decisions()).isGreaterThan(24);
        StudyImportance.View importance = new StudyImportance(gateway.jdbi).of(id);
        assertThat(importance.parameters().get(0).parameter()).isEqualTo("/train_args/learning_rate");
    }

    private record Outcome(Map<String, JsonNode> values, String state, List<TrialView.Point> curve) {}

    @ParameterizedTest
    @CsvSource({"tpe, asha", "tpe, none", "random, hyperband"})
    void inFixedOrderTheResultDoesNotDependOnTheTrainers(String sampler, String pruner) {
        List<List<Outcome>> outcomes = new ArrayList<>();
        for (int trainers : new int[] {1, 2, 4}) {
            UUID id = gateway.create(REQUEST.formatted(sampler, "", pruner, "fixed", 18, 4));
            train(trainers, new Random(trainers));
            assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.COMPLETED);
            outcomes.add(gateway.trials(id).stream()
                    .map(trial -> new Outcome(trial.values(), trial.state(), trial.curve()))
                    .toList());
        }
        assertThat(outcomes.get(1)).isEqualTo(outcomes.get(0));
        assertThat(outcomes.get(2)).isEqualTo(outcomes.get(0));
    }

    /** Otherwise the test above could pass because there is only one outcome. */
    @Test
    void inTheOrderOfArrivalTheSamplerUsesWhatHasArrived() {
        List<List<Outcome>> outcomes = new ArrayList<>();
        for (int trainers : new int[] {1, 4}) {
            UUID id = gateway.create(REQUEST.formatted("tpe", "", "none", "arrival", 24, 4));
            train(trainers, new Random(trainers));
            outcomes.add(gateway.trials(id).stream()
                    .map(trial -> new Outcome(trial.values(), trial.state(), trial.curve()))
                    .toList());
        }
        assertThat(outcomes.get(1)).isNotEqualTo(outcomes.get(0));
    }
}
