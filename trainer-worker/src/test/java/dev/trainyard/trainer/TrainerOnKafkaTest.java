package dev.trainyard.trainer;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.standalone.testing.TestBroker;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.FakeEngine;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.TrainJobs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerOnKafkaTest {
    @TempDir
    static Path dir;

    private static TestBroker broker;
    private static TestGateway queue;
    private final List<TrainerProcess> trainers = new ArrayList<>();

    @BeforeAll
    static void startTheBroker() throws Exception {
        broker = new TestBroker();
        queue = new TestGateway(broker.kafka());
    }

    @AfterAll
    static void stopTheBroker() throws Exception {
        queue.close();
        broker.close();
    }

    @AfterEach
    void stopTheTrainers() {
        trainers.forEach(TrainerProcess::close);
    }

    @Test
    void aJobIsClaimedTrainedAndReportedInOrder() throws Exception {
        trainer(new FakeEngine());
        TrainJob job = queue.submit(aTrainJob().epochs(2).build());

        awaitKinds(job, "Claimed", "EpochEnded", "EpochEnded", "Succeeded");
        List<TrainEvent> events = queue.events(job.key());
        assertThat(events).extracting(TrainEvent::sequence).containsExactly(0L, 1L, 2L, 3L);
        assertThat(events)
                .extracting(TrainEvent::token)
                .containsOnly(events.get(0).token());
    }

    @Test
    void aTrainerAtWorkHasLeftTheGroupSoThatAnotherTakesTheNextJobs() throws Exception {
        Pausing first = new Pausing();
        trainer(first.engine);
        TrainJob slow = queue.submit(aTrainJob().build());
        first.awaitTraining();
        await().untilAsserted(() -> assertThat(queue.groupMembers()).isZero());
        assertThat(queue.lag()).isZero();

        List<TrainJob> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(queue.submit(aTrainJob().build()));
        }
        assertThat(queue.lag()).isEqualTo(5);
        trainer(new FakeEngine());

        for (TrainJob job : waiting) {
            awaitKinds(job, "Claimed", "EpochEnded", "EpochEnded", "Succeeded");
        }
        assertThat(queue.kinds(slow.key())).startsWith("Claimed").doesNotContain("Succeeded");
        first.goOn();
        awaitKinds(slow, "Claimed", "EpochEnded", "EpochEnded", "Succeeded");
        assertThat(queue.lag()).isZero();
    }

    @Test
    void recordsThatCannotBeReadGoToTheDeadLettersAndTheQueueMovesOn() throws Exception {
        UUID key = UUID.randomUUID();
        queue.submitBytes(key, "{\"v\":1,".getBytes(StandardCharsets.UTF_8));
        queue.submitBytes(key, "{\"v\":0}".getBytes(StandardCharsets.UTF_8));
        queue.submitBytes(key, "{\"v\":1,\"attempt\":1}".getBytes(StandardCharsets.UTF_8));
        queue.submitBytes(key, "{\"v\":\"%s\"}".formatted("x".repeat(1_048_000)).getBytes(StandardCharsets.UTF_8));
        trainer(new FakeEngine());
        TrainJob job = queue.submit(aTrainJob().build());

        awaitKinds(job, "Claimed", "EpochEnded", "EpochEnded", "Succeeded");
        await().untilAsserted(() -> assertThat(queue.all(Topics.TRAIN_JOBS_DEAD_LETTER))
                .filteredOn(letter -> new String(letter.key(), StandardCharsets.UTF_8).equals(key.toString()))
                .hasSize(4)
                .allSatisfy(letter -> assertThat(letter.headers().lastHeader(DeadLetterPublisher.REASON))
                        .isNotNull()));
        await().untilAsserted(() -> assertThat(queue.lag()).isZero());
    }

    @Test
    void aJobCancelledBeforeItStartedIsNeverClaimed() throws Exception {
        TrainJob cancelled = aTrainJob().build();
        queue.order(cancel(cancelled));
        queue.submit(cancelled);
        trainer(new FakeEngine());
        TrainJob next = queue.submit(aTrainJob().build());

        awaitKinds(next, "Claimed", "EpochEnded", "EpochEnded", "Succeeded");
        await().untilAsserted(() -> assertThat(queue.lag()).isZero());
        assertThat(queue.kinds(cancelled.key())).isEmpty();
    }

    @Test
    void aCancelFreesTheTrainerForTheNextJob() throws Exception {
        Pausing engine = new Pausing();
        trainer(engine.engine);
        TrainJob cancelled = queue.submit(aTrainJob().epochs(100).build());
        engine.awaitTraining();
        queue.order(cancel(cancelled));
        TrainJob next = queue.submit(aTrainJob().build());
        engine.letBatchesPassUntil(() -> queue.kinds(next.key()).contains("Claimed"));
        engine.goOn();

        awaitKinds(next, "Claimed", "EpochEnded", "EpochEnded", "Succeeded");
        assertThat(queue.kinds(cancelled.key())).doesNotContain("Succeeded", "Failed", "Released");
    }

    @Test
    void aDrainedTrainerGivesItsJobBackAndEnds() throws Exception {
        Pausing engine = new Pausing();
        TrainerProcess trainer = trainer(engine.engine);
        TrainJob job = queue.submit(aTrainJob().epochs(100).build());
        engine.awaitTraining();
        Thread closing = new Thread(trainer::close);
        closing.start();
        engine.letBatchesPassUntil(() -> !trainer.isAlive());
        closing.join();

        assertThat(queue.kinds(job.key())).startsWith("Claimed").endsWith("Released");
    }

    private TrainerProcess trainer(FakeEngine engine) {
        TrainerProcess trainer = new TrainerProcess(
                "trainer-" + trainers.size(),
                TestSettings.with(
                        "trainyard.artifacts.dir", dir.resolve("artifacts").toString()),
                broker.kafka(),
                Engines.only(engine),
                name -> TrainJobs.data(100, 30),
                (onnx, run, images) -> 0,
                ImportCheck.NONE,
                new SimpleMeterRegistry());
        trainers.add(trainer);
        trainer.start();
        return trainer;
    }

    private static TrainControl cancel(TrainJob job) {
        return new TrainControl(
                Versioned.CURRENT, job.key(), job.attempt(), null, TrainControl.Command.CANCEL, Instant.now());
    }

    private static void awaitKinds(TrainJob job, String... kinds) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(queue.kinds(job.key()).stream()
                        .filter(kind -> !kind.equals("Heartbeat") && !kind.equals("Progress")))
                .containsExactly(kinds));
    }

    /** An engine that waits for leave before each batch. */
    private static final class Pausing {
        final FakeEngine engine = new FakeEngine();
        private final CountDownLatch training = new CountDownLatch(1);
        private final Semaphore batches = new Semaphore(0);

        Pausing() {
            engine.beforeBatch = (samples, loss) -> {
                training.countDown();
                batches.acquireUninterruptibly();
            };
        }

        void awaitTraining() throws InterruptedException {
            training.await();
        }

        void letBatchesPassUntil(java.util.concurrent.Callable<Boolean> condition) {
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                batches.release();
                return condition.call();
            });
        }

        void goOn() {
            batches.release(1_000_000);
        }
    }
}
