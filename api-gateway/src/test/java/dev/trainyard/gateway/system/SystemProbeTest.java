package dev.trainyard.gateway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.trainyard.device.Accelerator;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainerStatus;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** The system view on a real database, with a broker that answers and one that does not. */
class SystemProbeTest {
    /** A reserved port without a listener. */
    private static final Map<String, Object> NO_BROKER = Map.of("bootstrap.servers", "127.0.0.1:1");

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    private final Jdbi jdbi = TestDatabase.create();

    @Test
    void theNumberOfTrainersIsUnknownWhileTheBrokerDoesNotAnswer() {
        SystemView view = poll(NO_BROKER);
        assertThat(view.trouble()).contains("Kafka does not answer");
        assertThat(view.workers()).isEmpty();
        assertThat(view.trainers("default")).isEmpty();
    }

    @Test
    void theNumberOfTrainersIsReadFromTheBroker() {
        TestPlatform platform = TestPlatform.shared();
        SystemView view = poll(platform.kafka());
        assertThat(view.trouble()).isNull();
        assertThat(view.trainers("default")).isPresent();
    }

    @Test
    void anExpectedWorkerThatWasNeverSeenIsStarting() {
        SystemView view = poll(TestPlatform.shared().kafka());
        assertThat(view.workers())
                .filteredOn(worker -> worker.state().equals("starting"))
                .extracting(SystemView.Worker::name, SystemView.Worker::kind, SystemView.Worker::lastHeartbeat)
                .containsExactly(tuple("trainer-7", "trainer", null), tuple("predictor-7", "predictor", null));
        assertThat(view.trainers("default")).hasValue(0);
    }

    /** Between two jobs a trainer is neither running a job nor in the consumer group. */
    @Test
    void aWorkerThatWasSeenIsNotStarting() {
        ExpectedWorkers expected = new ExpectedWorkers(Set.of("trainer-1", "trainer-2"), Set.of());
        SystemView.Worker seen = new SystemView.Worker("trainer-1", "trainer", "idle", null, null);
        assertThat(expected.starting(List.of(seen)))
                .extracting(SystemView.Worker::name)
                .containsExactly("trainer-2");
        assertThat(expected.starting(List.of()))
                .extracting(SystemView.Worker::name)
                .containsExactly("trainer-2");
    }

    @Test
    void theGpusOfATrainerAreShownWhileItIsVisibleAndBetweenTwoJobs() throws Exception {
        try (TrainerReports reports = new TrainerReports(NO_BROKER)) {
            Accelerator first = new Accelerator(0, "GPU-a", "NVIDIA H200", "570.1", "9.0", 100L, 50L);
            Accelerator second = new Accelerator(1, "GPU-b", "NVIDIA L4", "570.1", null, null, null);
            reports.onStatus(
                    report(new TrainerStatus(1, "trainer-1", "cuda:1", List.of(first, second), null, AT, null)));
            reports.onStatus(
                    report(new TrainerStatus(1, "trainer-2", "cpu", List.of(), "GPU 0 is too new.", AT, null)));

            assertThat(AcceleratorViews.gpus(reports.of(Set.of("trainer-1", "predictor-1"), AT)))
                    .containsExactly(
                            new SystemView.Accelerator("trainer-1", 0, "NVIDIA H200", "570.1", "9.0", 100L, 50L, false),
                            new SystemView.Accelerator("trainer-1", 1, "NVIDIA L4", "570.1", null, null, null, true));
            assertThat(reports.of(Set.of(), AT.plusSeconds(29))).hasSize(1);
            assertThat(reports.of(Set.of(), AT.plusSeconds(31))).isEmpty();
            assertThat(AcceleratorViews.problems(reports.all()))
                    .containsExactly(new SystemView.DeviceProblem("trainer-2", "GPU 0 is too new."));
        }
    }

    private static ConsumerRecord<byte[], byte[]> report(TrainerStatus status) {
        byte[] key = status.trainer().getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(Topics.TRAINER_STATUS, 0, 0, key, WireJson.write(status));
    }

    private SystemView poll(Map<String, Object> kafka) {
        try (BrokerProbe broker = new BrokerProbe(kafka);
                PredictorReports reports = new PredictorReports(kafka, new SimpleMeterRegistry());
                TrainerReports trainers = new TrainerReports(kafka)) {
            SystemQueries queries = new SystemQueries(jdbi, Duration.ofMinutes(1));
            ExpectedWorkers expected = new ExpectedWorkers(Set.of("trainer-7"), Set.of("predictor-7"));
            DiskSpace disk = new DiskSpace(List.of(), new DiskSpace.Thresholds(0, 0, 100));
            return new SystemProbe(queries, broker, reports, trainers, expected, disk, StoppedPartitions::new, "test")
                    .poll();
        }
    }
}
