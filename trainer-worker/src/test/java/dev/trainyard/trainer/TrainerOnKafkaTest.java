package dev.trainyard.trainer;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.trainyard.device.Accelerator;
import dev.trainyard.engine.CudaBuild;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.TrainerStatus;
import dev.trainyard.message.Versioned;
import dev.trainyard.standalone.testing.TestBroker;
import dev.trainyard.trainer.device.DeviceUnavailableException;
import dev.trainyard.trainer.device.FakeNvidiaSmi;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    void eventsOfAJobAreReportedInOrder() throws Exception {
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
    void aBusyTrainerLeavesTheGroupSoThatAnotherTakesTheNextJobs() throws Exception {
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
    void unreadableRecordsBecomeDeadLettersAndTheQueueContinues() throws Exception {
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
    void aDrainedTrainerReturnsItsJobAndEnds() throws Exception {
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

    private TrainerStatus lastStatus() throws Exception {
        return TrainerStatus.read(queue.all(Topics.TRAINER_STATUS).stream()
                .reduce((before, last) -> last)
                .orElseThrow()
                .value());
    }

    @Test
    void aTrainerReportsItsGpusAndTheOneOnWhichItTrains() throws Exception {
        FakeEngine engine = new FakeEngine();
        engine.cuda = new CudaBuild("11.6", "450.80.02", "3.7", "8.9", "use another engine");
        String nvidiaSmi = FakeNvidiaSmi.printing(dir, """
                0, GPU-a, NVIDIA H200, 570.86.15, 9.0, 143771, 143000
                1, GPU-b, NVIDIA L4, 570.86.15, 8.9, 23034, [N/A]""");
        trainer(engine, Map.of("trainyard.device.nvidia-smi", nvidiaSmi));

        // the topic may still hold the status of a trainer of another test
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(lastStatus().device()).isEqualTo("cuda:1"));
        TrainerStatus status = lastStatus();
        assertThat(status.trainer()).isEqualTo("trainer-0");
        assertThat(status.device()).isEqualTo(String.valueOf(engine.device));
        assertThat(status.accelerators())
                .extracting(Accelerator::name, Accelerator::capability, Accelerator::memoryFree)
                .containsExactly(tuple("NVIDIA H200", "9.0", 143000L << 20), tuple("NVIDIA L4", "8.9", null));
        assertThat(status.problem()).isNull();
    }

    @Test
    void aTrainerThatRequiresAMissingGpuDoesNotStart() {
        assertThatThrownBy(() -> trainer(
                        new FakeEngine(), Map.of("trainyard.device", "cuda", "trainyard.device.nvidia-smi", "missing")))
                .isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining("this machine has no NVIDIA GPU");
    }

    private TrainerProcess trainer(FakeEngine engine) {
        return trainer(engine, Map.of());
    }

    private TrainerProcess trainer(FakeEngine engine, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("trainyard.artifacts.dir", dir.resolve("artifacts").toString());
        TrainerProcess trainer = new TrainerProcess(
                "trainer-" + trainers.size(),
                TestSettings.with(all),
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

    /** An engine that waits for permission before each batch. */
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
