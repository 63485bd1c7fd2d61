package dev.trainyard.trainer;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainControl;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainers take jobs in the order of the queue although they are distributed over twelve partitions. */
@Tag("full")
class JobOrderTest {
    @TempDir
    static Path dir;

    private final List<TrainerProcess> trainers = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private TestBroker broker;
    private TestGateway queue;

    @BeforeEach
    void startTheBroker() throws Exception {
        broker = new TestBroker();
        queue = new TestGateway(broker.kafka());
    }

    @AfterEach
    void stop() throws Exception {
        trainers.forEach(TrainerProcess::close);
        queue.close();
        broker.close();
    }

    @Test
    void oneTrainerRunsJobsInTheOrderOfTheQueue() throws Exception {
        List<TrainJob> jobs = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            jobs.add(queue.submit(aTrainJob().epochs(1).build(), number));
        }
        trainer("trainer-1");
        assertThat(started(jobs)).containsExactlyElementsOf(jobs);
    }

    @Test
    void aJobIsOvertakenByAtMostOneJobPerTrainer() throws Exception {
        List<TrainJob> jobs = new ArrayList<>();
        for (int number = 1; number <= 12; number++) {
            jobs.add(queue.submit(aTrainJob().epochs(1).build(), number));
        }
        trainer("trainer-1");
        trainer("trainer-2");
        List<TrainJob> started = started(jobs);
        for (TrainJob job : jobs) {
            assertThat(started.indexOf(job) - jobs.indexOf(job))
                    .as("jobs that overtook job %d of %s", jobs.indexOf(job) + 1, order(started, jobs))
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aJobOfALaterReleaseIsSkippedAndOthersRun() throws Exception {
        UUID newer = UUID.randomUUID();
        byte[] later = "{\"v\":3,\"key\":\"%s\"}".formatted(newer).getBytes(StandardCharsets.UTF_8);
        queue.submit(newer, later, 1);
        List<TrainJob> jobs = new ArrayList<>();
        for (int number = 2; number <= 6; number++) {
            jobs.add(queue.submit(aTrainJob().epochs(1).build(), number));
        }
        TrainerProcess trainer = trainer("trainer-1");
        assertThat(started(jobs)).containsExactlyElementsOf(jobs);

        await().atMost(Duration.ofSeconds(60)).until(() -> trainer.skipped() != null);
        assertThat(trainer.skipped()).contains("train.jobs-1 offset 0", "version 3", "versions 1 to 2");
        assertThat(trainer.notReady()).as("it trains all others").isNull();
        assertThat(metrics.get("trainyard.partitions.stopped")
                        .tag("topic", Topics.TRAIN_JOBS)
                        .gauge()
                        .value())
                .isEqualTo(1);
        // for several cycles of leaving the group, so that others can take the job, and joining again
        TrainJob late = queue.submit(aTrainJob().epochs(1).build(), 7);
        started(List.of(late));
        TrainJob later2 = queue.submit(aTrainJob().epochs(1).build(), 8);
        started(List.of(later2));
        await().atMost(Duration.ofSeconds(60)).until(() -> queue.lag() == 1);
        assertThat(queue.all(Topics.TRAIN_JOBS_DEAD_LETTER)).isEmpty();
    }

    @Test
    void cancellingAJobOfALaterReleaseUnblocksItsPartition() throws Exception {
        UUID newer = UUID.randomUUID();
        byte[] later = "{\"v\":3,\"key\":\"%s\",\"attempt\":2}".formatted(newer).getBytes(StandardCharsets.UTF_8);
        queue.submit(newer, later, 1);
        TrainJob behind = queue.submit(aTrainJob().epochs(1).build(), 13);
        TrainerProcess trainer = trainer("trainer-1");
        await().atMost(Duration.ofSeconds(60)).until(() -> trainer.skipped() != null);
        queue.order(cancel(newer, 1));
        TrainJob other = queue.submit(aTrainJob().epochs(1).build(), 2);
        started(List.of(other));
        await("the order is for an attempt before")
                .atMost(Duration.ofSeconds(60))
                .until(() -> queue.lag() == 2);

        queue.order(cancel(newer, 2));
        started(List.of(behind));
        await().atMost(Duration.ofSeconds(60)).until(() -> queue.lag() == 0);
        assertThat(trainer.skipped()).isNull();
        assertThat(queue.all(Topics.TRAIN_JOBS_DEAD_LETTER)).isEmpty();
    }

    @Test
    void aTrainerOfALaterReleaseGetsTheSkippedJob() throws Exception {
        TrainJob job = aTrainJob().epochs(1).build();
        byte[] later = new String(WireJson.write(job), StandardCharsets.UTF_8)
                .replace("\"v\":1", "\"v\":3")
                .getBytes(StandardCharsets.UTF_8);
        queue.submit(job.key(), later, 1);
        TrainerProcess old = trainer("trainer-1");
        await().atMost(Duration.ofSeconds(60)).until(() -> old.skipped() != null);
        AtomicReference<byte[]> taken = new AtomicReference<>();
        try (var upgraded = queue.member()) {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                upgraded.poll(Duration.ofMillis(200)).forEach(message -> taken.set(message.value()));
                return taken.get() != null;
            });
        }
        assertThat(taken.get()).isEqualTo(later);
    }

    @Test
    void aTrainerRunsTheJobsOfItsPoolsInTheOrderOfTheQueue() throws Exception {
        queue.createPool("gpu");
        List<TrainJob> jobs = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            String pool = number % 3 == 0 ? "default" : "gpu";
            jobs.add(queue.submit(pool, aTrainJob().epochs(1).build(), number));
        }
        trainer("trainer-1", "gpu,default");
        assertThat(started(jobs)).containsExactlyElementsOf(jobs);
    }

    @Test
    void aTrainerTakesNoJobOfAnotherPool() throws Exception {
        trainer("trainer-1", "default");
        trainer("trainer-2", "gpu"); // creates the topic
        await().atMost(Duration.ofSeconds(60)).until(() -> queue.groupMembers() == 2);
        List<TrainJob> gpu = new ArrayList<>();
        List<TrainJob> others = new ArrayList<>();
        for (int number = 1; number <= 6; number++) {
            gpu.add(queue.submit("gpu", aTrainJob().epochs(1).build(), number));
            others.add(queue.submit("default", aTrainJob().epochs(1).build(), number));
        }
        started(gpu);
        started(others);
        for (TrainJob job : gpu) {
            assertThat(queue.events(job.key())).extracting(TrainEvent::worker).containsOnly("trainer-2");
        }
        for (TrainJob job : others) {
            assertThat(queue.events(job.key())).extracting(TrainEvent::worker).containsOnly("trainer-1");
        }
    }

    private static TrainControl cancel(UUID key, int attempt) {
        return new TrainControl(Versioned.CURRENT, key, attempt, null, TrainControl.Command.CANCEL, Instant.now());
    }

    private static List<Integer> order(List<TrainJob> started, List<TrainJob> jobs) {
        return started.stream().map(job -> jobs.indexOf(job) + 1).toList();
    }

    private List<TrainJob> started(List<TrainJob> jobs) {
        List<TrainEvent> claims = new ArrayList<>();
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            claims.clear();
            for (TrainJob job : jobs) {
                queue.events(job.key()).stream().limit(1).forEach(claims::add);
            }
            return claims.size() == jobs.size();
        });
        return claims.stream()
                .sorted(Comparator.comparing(TrainEvent::at))
                .map(claim -> jobs.stream()
                        .filter(job -> job.key().equals(claim.key()))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private TrainerProcess trainer(String name) {
        return trainer(name, "default");
    }

    private TrainerProcess trainer(String name, String pools) {
        TrainerProcess trainer = new TrainerProcess(
                name,
                TestSettings.with(Map.of(
                        "trainyard.artifacts.dir", dir.resolve("artifacts").toString(), "trainyard.pools", pools)),
                broker.kafka(),
                Engines.only(new FakeEngine()),
                dataset -> TrainJobs.data(100, 30),
                (onnx, run, images) -> 0,
                ImportCheck.NONE,
                metrics);
        trainers.add(trainer);
        trainer.start();
        return trainer;
    }
}
