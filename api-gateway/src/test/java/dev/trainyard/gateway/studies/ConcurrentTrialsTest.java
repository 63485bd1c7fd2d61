package dev.trainyard.gateway.studies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.jobs.JobAction;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events of many trials are applied at the same time by two gateways. */
class ConcurrentTrialsTest {
    private static final int TRAINERS = 6;

    private final Jdbi jdbi = TestDatabase.create();
    private final TestStudies one = new TestStudies(jdbi, 1_000);
    private final TestStudies other = new TestStudies(jdbi, 1_000);
    private final ExecutorService threads = Executors.newFixedThreadPool(TRAINERS + 1);

    @AfterEach
    void stopTheThreads() {
        threads.shutdownNow();
    }

    @Test
    void eachDecisionIsMadeOnceAndNoTransactionWaitsForAnotherForEver() throws Exception {
        UUID asha = one.create("""
                "space":{%s},"sampler":{"name":"random","seed":5},
                "pruner":{"name":"asha","eta":2,"min_epochs":1,"max_epochs":4},
                "limits":{"max_trials":40,"parallel_trials":%d}""".formatted(TestStudies.RATE, TRAINERS));
        UUID plain = one.create("""
                "space":{%s},"sampler":{"name":"random","seed":6},
                "limits":{"max_trials":20,"parallel_trials":3}""".formatted(TestStudies.RATE));
        AtomicBoolean ended = new AtomicBoolean();
        List<Callable<Integer>> trainers = new ArrayList<>();
        for (int i = 0; i < TRAINERS; i++) {
            TestStudies gateway = i % 2 == 0 ? one : other;
            int index = i;
            trainers.add(() -> train(gateway, index, asha, plain));
        }
        // reads and changes of clients meanwhile
        Future<Integer> client = threads.submit(() -> {
            int actions = 0;
            while (!ended.get()) {
                one.view(asha);
                for (TrialView trial : one.trials(plain)) {
                    if (trial.state().equals("running") && trial.number() % 7 == 3) {
                        other.runs.act(JobAction.CANCEL, trial.job());
                    }
                }
                actions++;
            }
            return actions;
        });
        int trained = 0;
        for (Future<Integer> trainer : threads.invokeAll(trainers, 60, TimeUnit.SECONDS)) {
            assertThat(trainer.isCancelled()).as("a trainer was stuck").isFalse();
            trained += trainer.get();
        }
        ended.set(true);
        assertThat(client.get()).isPositive();
        assertThat(trained).isGreaterThan(60);

        for (UUID id : List.of(asha, plain)) {
            assertThat(one.view(id).status()).isEqualTo(StudyStatus.COMPLETED);
            StudyReplay.Result replay = one.replay.run(id);
            assertThat(replay.difference()).isNull();
            assertThat(one.trials(id).stream().map(TrialView::values).distinct())
                    .hasSize(one.trials(id).size());
            assertThat(duplicates("select trial from study_event where study = :id and type = 'suggest'", id))
                    .isZero();
            assertThat(duplicates(
                            "select trial, data ->> 'hold' from study_event where study = :id and type = 'promote'",
                            id))
                    .isZero();
            assertThat(duplicates("select 1 from study_event where study = :id and type = 'ended'", id))
                    .isZero();
        }
        assertThat(one.events(asha, "promote")).hasSizeGreaterThanOrEqualTo(20);
    }

    private long duplicates(String query, UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select (select count(*) from (%1$s) a) - (select count(*) from (select distinct * from (%1$s) b) c)"
                                .formatted(query))
                .bind("id", id)
                .mapTo(Long.class)
                .one());
    }

    /** Trains whichever job is queued until both studies have ended; returns the number of runs. */
    private static int train(TestStudies gateway, int index, UUID... studies) {
        int trained = 0;
        while (List.of(studies).stream()
                .anyMatch(id -> !gateway.view(id).status().isEnded())) {
            List<UUID> queued = gateway.runs.queued();
            if (!queued.isEmpty()) {
                gateway.train(queued.get(index % queued.size()), TestStudies::byRate);
                trained++;
            }
        }
        return trained;
    }
}
