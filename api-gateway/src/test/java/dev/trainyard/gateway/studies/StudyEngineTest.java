package dev.trainyard.gateway.studies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.jobs.JobAction;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Life of studies on a real database, with trainers whose events are applied at once. */
class StudyEngineTest {
    private static final String ASHA = """
            "space":{%s},"sampler":{"name":"random","seed":7},
            "pruner":{"name":"asha","eta":3,"min_epochs":1,"max_epochs":9},
            "limits":{"max_trials":%d,"parallel_trials":%d}""";

    private final TestStudies gateway = new TestStudies();
    private final List<UUID> created = new ArrayList<>();

    private UUID create(String rest) {
        UUID id = gateway.create(rest);
        created.add(id);
        return id;
    }

    private static String random(String limits) {
        return "\"space\":{%s},\"sampler\":{\"name\":\"random\",\"seed\":1},\"limits\":{%s}"
                .formatted(TestStudies.RATE, limits);
    }

    private UUID job(UUID study, int trial) {
        return gateway.trials(study).get(trial).job();
    }

    private List<String> states(UUID study) {
        return gateway.trials(study).stream().map(TrialView::state).toList();
    }

    /** Whatever a test did, its studies can be replayed. */
    @AfterEach
    void everyStudyReplays() {
        for (UUID id : created) {
            StudyReplay.Result result = gateway.replay.run(id);
            assertThat(result.difference()).isNull();
            assertThat(result.same()).isTrue();
            assertThat(result.decisions()).isPositive();
        }
    }

    @Test
    void trialsRunAsJobsUntilTheStudyEndsWithABestTrial() {
        UUID id = create(random("\"max_trials\":5,\"parallel_trials\":2"));
        assertThat(gateway.runs.queued()).hasSize(2);
        gateway.trainAll(TestStudies::byRate);

        StudyView study = gateway.view(id);
        assertThat(study.status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(study.endReason()).isEqualTo(EndReason.COMPLETED);
        assertThat(study.endedAt()).isNotNull();
        assertThat(study.summary().trials()).isEqualTo(5);
        assertThat(study.summary().epochs()).isEqualTo(15);
        List<TrialView> trials = gateway.trials(id);
        assertThat(trials).allSatisfy(trial -> {
            assertThat(trial.state()).isEqualTo("completed");
            assertThat(trial.curve()).hasSize(3);
            assertThat(trial.value()).isEqualTo(trial.curve().get(2).value());
        });
        double best = trials.stream().mapToDouble(TrialView::value).max().orElseThrow();
        assertThat(study.summary().best().value()).isEqualTo(best);
        assertThat(study.summary().best().completed()).isTrue();
        assertThat(trials.stream().map(TrialView::values).distinct()).hasSize(5);
    }

    @Test
    void ashaPromotesTheBestThirdOfEachRungAndStopsTheOthersAtTheEnd() {
        UUID id = create(ASHA.formatted(TestStudies.RATE, 9, 2));
        gateway.trainAll(TestStudies::byRate);

        StudyView study = gateway.view(id);
        assertThat(study.status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(study.summary().waiting()).isZero();
        assertThat(study.summary().completed()).isGreaterThanOrEqualTo(1);
        assertThat(study.summary().epochs()).isLessThan(9 * 9 / 2);
        List<TrialView> trials = gateway.trials(id);
        int best = study.summary().best().trial();
        double bestFirst = trials.stream()
                .mapToDouble(trial -> trial.curve().get(0).value())
                .max()
                .orElseThrow();
        assertThat(trials.get(best).curve().get(0).value()).isEqualTo(bestFirst);
        assertThat(trials.get(best).curve()).hasSize(9);
        assertThat(gateway.events(id, "promote")).isNotEmpty();
        assertThat(trials.stream().filter(trial -> trial.state().equals("pruned")))
                .allSatisfy(trial -> {
                    assertThat(trial.curve().size()).isIn(1, 3);
                    assertThat(gateway.runs.status(trial.job())).isEqualTo("cancelled");
                });
    }

    @Test
    void aPromotedTrialGoesBeforeNewOnesInTheQueue() {
        UUID id = create(ASHA.formatted(TestStudies.RATE, 9, 3));
        for (int trial = 0; trial < 3; trial++) {
            gateway.train(job(id, trial), TestStudies::byRate);
        }
        assertThat(gateway.events(id, "promote")).hasSize(1);
        int promoted = Integer.parseInt(gateway.events(id, "promote").get(0).split(" ")[0]);
        assertThat(gateway.runs.queued().get(0)).isEqualTo(job(id, promoted));
    }

    @Test
    void nothingIsPromotedForBeingFirst() {
        UUID id = create(ASHA.formatted(TestStudies.RATE, 9, 1));
        gateway.trainOne(TestStudies::byRate);
        gateway.trainOne(TestStudies::byRate);
        assertThat(gateway.events(id, "promote")).isEmpty();
        assertThat(states(id)).containsExactly("paused", "paused", "running");
    }

    @Test
    void aResultThatIsNotANumberRanksLast() {
        UUID id = create(ASHA.formatted(TestStudies.RATE, 3, 3));
        gateway.train(job(id, 0), (config, epoch) -> Double.NaN);
        gateway.train(job(id, 1), (config, epoch) -> 0.1);
        gateway.train(job(id, 2), (config, epoch) -> 0.2);
        gateway.trainAll((config, epoch) -> 0.3);
        assertThat(gateway.events(id, "promote")).isNotEmpty().noneMatch(event -> event.startsWith("0 "));
        assertThat(gateway.trials(id).get(0).curve()).containsExactly(new TrialView.Point(1, null));
        assertThat(gateway.view(id).summary().best().trial()).isEqualTo(2);
    }

    @Test
    void aFailedJobIsAFailedTrialAndTooManyEndTheStudy() {
        UUID id = create(random("\"max_trials\":10,\"parallel_trials\":2,\"max_failed_trials\":2"));
        gateway.train(job(id, 0), TestStudies::byRate);
        failNext();
        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.RUNNING);
        assertThat(gateway.view(id).summary().failed()).isEqualTo(1);
        failNext();

        StudyView study = gateway.view(id);
        assertThat(study.status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(study.endReason()).isEqualTo(EndReason.MAX_FAILED_TRIALS);
        assertThat(study.summary().failed()).isEqualTo(2);
        assertThat(gateway.runs.queued()).isEmpty();
        assertThat(gateway.trials(id).stream().filter(trial -> trial.state().equals("failed")))
                .allSatisfy(trial -> assertThat(trial.detail()).contains("as the test wants it"));
    }

    private void failNext() {
        UUID key = gateway.runs.queued().get(0);
        gateway.runs.claim(key);
        gateway.runs.fail(key);
    }

    @Test
    void aStudyWhoseTrialsAllFailEndsAndCanBeExtended() {
        UUID id = create(random("\"max_trials\":2"));
        failNext();
        failNext();
        StudyView study = gateway.view(id);
        assertThat(study.status()).isEqualTo(StudyStatus.FAILED);
        assertThat(study.endReason()).isEqualTo(EndReason.COMPLETED);
        assertThat(study.summary().best()).isNull();
        assertThatThrownBy(() -> gateway.studies.cancel(id)).isInstanceOf(ProblemException.class);

        extend(id, "{\"max_trials\":3}");
        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.RUNNING);
        gateway.trainAll(TestStudies::byRate);
        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(states(id)).containsExactly("failed", "failed", "completed");
    }

    private void extend(UUID id, String json) {
        List<Violation> errors = new ArrayList<>();
        gateway.studies.extend(id, JsonFieldReader.of(StudyJson.tree(json), "", errors), errors);
    }

    @Test
    void limitsCanOnlyRise() {
        UUID id = create(random("\"max_trials\":2"));
        assertThatThrownBy(() -> extend(id, "{\"max_trials\":1}"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.errors().get(0).pointer()).isEqualTo("/max_trials"));
        assertThat(gateway.view(id).limits().maxTrials()).isEqualTo(2);
    }

    @Test
    void anExhaustedSpaceEndsTheStudyAndNoConfigurationRunsTwice() {
        UUID id = create("""
                "space":{"/train_args/batch_size":{"type":"categorical","values":[32,64]},
                         "/train_args/seed":{"type":"int","min":1,"max":2}},
                "sampler":{"name":"random","seed":3},"limits":{"max_trials":50,"parallel_trials":3}""");
        gateway.trainAll((config, epoch) -> 0.5);
        StudyView study = gateway.view(id);
        assertThat(study.endReason()).isEqualTo(EndReason.SPACE_EXHAUSTED);
        assertThat(study.status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(gateway.trials(id).stream().map(TrialView::values).distinct())
                .hasSize(4);
        assertThat(study.summary().trials()).isEqualTo(4);
    }

    @Test
    void cancellingAStudyEndsItsTrials() {
        UUID id = create(ASHA.formatted(TestStudies.RATE, 9, 2));
        gateway.trainOne(TestStudies::byRate);
        UUID running = gateway.runs.queued().get(0);
        gateway.runs.claim(running);
        gateway.studies.cancel(id);

        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.CANCELLED);
        assertThat(states(id)).containsOnly("pruned");
        assertThat(gateway.trials(id)).allSatisfy(trial -> assertThat(gateway.runs.status(trial.job()))
                .isEqualTo("cancelled"));
        gateway.studies.cancel(id); // idempotent
        assertThatThrownBy(() -> gateway.studies.resume(id)).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> extend(id, "{\"max_trials\":10}")).isInstanceOf(ProblemException.class);
    }

    @Test
    void aPausedStudyDecidesNothingAndItsTrialsGoOnWhenItIsResumed() {
        UUID id = create(random("\"max_trials\":3,\"parallel_trials\":2"));
        UUID running = gateway.runs.queued().get(0);
        gateway.runs.claim(running);
        gateway.runs.epoch(running, 1, 0.5);
        gateway.studies.pause(id);
        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.PAUSED);
        assertThat(gateway.runs.queued()).isEmpty();
        assertThat(gateway.runs.status(running)).isEqualTo("paused");
        assertThat(gateway.runs.epoch(running, 2, 0.5)).isFalse();

        gateway.studies.resume(id);
        assertThat(gateway.runs.queued()).hasSize(2);
        gateway.trainAll(TestStudies::byRate);
        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(gateway.view(id).summary().completed()).isEqualTo(3);
    }

    @Test
    void aStoppedTrialKeepsItsResultAndMakesRoomForTheNext() {
        UUID id = create(random("\"max_trials\":2"));
        UUID first = job(id, 0);
        gateway.runs.claim(first);
        gateway.runs.epoch(first, 1, 0.9);
        gateway.studies.stopTrial(id, 0);
        gateway.studies.stopTrial(id, 0); // idempotent
        assertThat(gateway.runs.status(first)).isEqualTo("cancelled");
        assertThat(states(id)).containsExactly("pruned", "running");
        assertThat(gateway.view(id).summary().best().trial()).isZero();
        assertThatThrownBy(() -> gateway.studies.stopTrial(id, 7)).isInstanceOf(ProblemException.class);
        gateway.trainAll(TestStudies::byRate);
        assertThatThrownBy(() -> gateway.studies.stopTrial(id, 1)).isInstanceOf(ProblemException.class);
    }

    @Test
    void aTrialWhoseJobAClientCancelsIsPrunedAndOneThatIsRetriedStaysFailed() {
        UUID id = create(random("\"max_trials\":3"));
        gateway.runs.act(JobAction.CANCEL, job(id, 0));
        failNext();
        assertThat(states(id)).containsExactly("pruned", "failed", "running");
        gateway.runs.act(JobAction.RETRY, job(id, 1));
        gateway.train(job(id, 1), TestStudies::byRate);
        assertThat(gateway.runs.status(job(id, 1))).isEqualTo("success");
        assertThat(states(id)).containsExactly("pruned", "failed", "running");
        gateway.trainAll(TestStudies::byRate);
        assertThat(gateway.view(id).summary().best().trial()).isEqualTo(2);
    }

    @Test
    void aStudyEndsWhenItsTimeHasPassedAndWithoutAnEvent() {
        UUID id = create(random("\"max_trials\":3,\"max_seconds\":60"));
        UUID first = job(id, 0);
        gateway.runs.claim(first);
        gateway.runs.epoch(first, 1, 0.5);
        gateway.task.run();
        assertThat(gateway.view(id).status()).isEqualTo(StudyStatus.RUNNING);
        gateway.jdbi.useHandle(handle -> handle.execute("update study set deadline = now() - interval '1 s'"));
        gateway.task.run();
        StudyView study = gateway.view(id);
        assertThat(study.status()).isEqualTo(StudyStatus.COMPLETED);
        assertThat(study.endReason()).isEqualTo(EndReason.MAX_SECONDS);
        assertThat(gateway.runs.status(first)).isEqualTo("cancelled");
    }

    @Test
    void thePausedTimeDoesNotCount() {
        UUID id = create(random("\"max_trials\":3,\"max_seconds\":60"));
        gateway.studies.pause(id);
        assertThat(deadline(id)).isNull();
        gateway.studies.resume(id);
        assertThat(deadline(id)).isNotNull();
        assertThat(gateway.view(id).activeSeconds()).isLessThan(60);
    }

    private String deadline(UUID id) {
        return gateway.jdbi.withHandle(
                handle -> handle.createQuery("select cast(deadline as text) from study where id = :id")
                        .bind("id", id)
                        .mapTo(String.class)
                        .findOne()
                        .orElse(null));
    }

    @Test
    void theEpochsOfAllTrialsStayWithinTheirLimit() {
        UUID id = create(random("\"max_trials\":50,\"parallel_trials\":3,\"max_epochs_total\":10"));
        gateway.trainAll(TestStudies::byRate);
        StudyView study = gateway.view(id);
        assertThat(study.endReason()).isEqualTo(EndReason.MAX_EPOCHS_TOTAL);
        assertThat(study.summary().epochs()).isEqualTo(9);
    }

    @Test
    void enqueuedConfigurationsRunFirst() {
        UUID id = create("""
                "space":{%s},"sampler":{"name":"random","seed":1},"limits":{"max_trials":4},
                "enqueue":[{"/train_args/learning_rate":0.05},{"/train_args/learning_rate":0.02},{}]""".formatted(TestStudies.RATE));
        gateway.trainAll(TestStudies::byRate);
        List<TrialView> trials = gateway.trials(id);
        assertThat(trials.stream().map(TrialView::source))
                .containsExactly(TrialSource.ENQUEUED, TrialSource.ENQUEUED, TrialSource.ENQUEUED, TrialSource.SAMPLER);
        assertThat(gateway.metrics.get("trainyard.study.decision").timer().count())
                .as("an epoch and an end of each trial")
                .isGreaterThanOrEqualTo(8);
        assertThat(trials.get(0).values().get("/train_args/learning_rate").doubleValue())
                .isEqualTo(0.05);
    }

    @Test
    void aStudyLearnsFromEarlierOnesEvenAfterTheyAreDeleted() {
        UUID first = gateway.create("""
                "space":{"/train_args/seed":{"type":"int","min":1,"max":4}},
                "sampler":{"name":"random","seed":1},"limits":{"max_trials":2}""");
        gateway.trainAll((config, epoch) -> 0.5);
        UUID second = create("""
                "space":{"/train_args/seed":{"type":"int","min":1,"max":4}},
                "sampler":{"name":"random","seed":1},"limits":{"max_trials":4},"warm_start":["%s"]""".formatted(first));
        gateway.jdbi.useHandle(handle -> handle.execute("delete from study where id = ?", first));
        gateway.trainAll((config, epoch) -> 0.5);
        assertThat(gateway.view(second).endReason()).isEqualTo(EndReason.SPACE_EXHAUSTED);
        assertThat(gateway.view(second).summary().trials()).isEqualTo(2);
        assertThatThrownBy(() -> create(random(
                        "\"max_trials\":2},\"warm_start\":[\"%s\"],\"order\":\"fixed\",\"x\":{".formatted(first))))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void aTrialThatTheQueueRefusesIsSubmittedLater() {
        TestStudies small = new TestStudies(TestDatabase.create(), 1);
        UUID id = small.create(random("\"max_trials\":3,\"parallel_trials\":2"));
        assertThat(small.trials(id)).hasSize(1);
        assertThat(small.view(id).detail()).contains("limit of this platform's queue");
        small.runs.claim(small.runs.queued().get(0));
        small.jdbi.useHandle(handle -> handle.execute("update study set retry_at = now() - interval '1 s'"));
        small.task.run();
        assertThat(small.trials(id)).hasSize(2);
        assertThat(small.view(id).detail()).isNull();
        assertThat(small.replay.run(id).same()).isTrue();
    }

    @Test
    void nothingIsStoredIfNoTrialCanBeSubmitted() {
        TestStudies full = new TestStudies(TestDatabase.create(), 0);
        assertThatThrownBy(() -> full.create(random("\"max_trials\":3")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("limit of this platform's queue");
        assertThat(full.queries.list("default", 10, null).studies()).isEmpty();
    }

    @Test
    void aReplayFindsADecisionThatWasChanged() {
        UUID id = gateway.create(random("\"max_trials\":2"));
        gateway.trainAll(TestStudies::byRate);
        gateway.jdbi.useHandle(
                handle -> handle.execute(
                        "update study_event set data = cast(replace(cast(data as text), '\"value\":0.', '\"value\":0.1') as json) where type = 'epoch'"));
        StudyReplay.Result result = gateway.replay.run(id);
        assertThat(result.same()).isFalse();
        assertThat(result.difference().logged()).contains("history");
    }

    @Test
    void theSameKeyCreatesOneStudy() {
        NewStudy request = TestStudies.request(random("\"max_trials\":2"));
        UUID id = gateway.studies.create(request, "default", "key");
        assertThat(gateway.studies.create(request, "default", "key")).isEqualTo(id);
        assertThatThrownBy(
                        () -> gateway.studies.create(TestStudies.request(random("\"max_trials\":3")), "default", "key"))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void jobsOfTrialsSayWhichTrialTheyAre() {
        UUID id = create(random("\"max_trials\":1"));
        JsonNode job =
                gateway.jdbi.withHandle(handle -> handle.createQuery("select to_json(job) from job where key = :key")
                        .bind("key", job(id, 0))
                        .map((rs, context) -> StudyJson.tree(rs.getString(1)))
                        .one());
        assertThat(job.path("study").asText()).isEqualTo(id.toString());
        assertThat(job.path("trial").asInt()).isZero();
        assertThat(job.at("/config/save_weights").asBoolean()).isFalse();
    }
}
