package dev.trainyard.gateway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.models.PredictorReports;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** The system view on a real database, with a broker that answers and one that does not. */
class SystemProbeTest {
    /** A reserved port without a listener. */
    private static final Map<String, Object> NO_BROKER = Map.of("bootstrap.servers", "127.0.0.1:1");

    private final Jdbi jdbi = TestDatabase.create();

    @Test
    void theNumberOfTrainersIsUnknownWhileTheBrokerDoesNotAnswer() {
        SystemView view = poll(NO_BROKER);
        assertThat(view.trouble()).contains("Kafka does not answer");
        assertThat(view.workers()).isEmpty();
        assertThat(view.trainers()).isEmpty();
    }

    @Test
    void aBrokerThatAnswersSaysHowManyThereAre() {
        TestPlatform platform = TestPlatform.shared();
        SystemView view = poll(platform.kafka());
        assertThat(view.trouble()).isNull();
        assertThat(view.trainers()).isPresent();
    }

    @Test
    void aWorkerThatIsExpectedAndWasNeverSeenIsStartingAndNotCounted() {
        SystemView view = poll(TestPlatform.shared().kafka());
        assertThat(view.workers())
                .filteredOn(worker -> worker.state().equals("starting"))
                .extracting(SystemView.Worker::name, SystemView.Worker::kind, SystemView.Worker::lastHeartbeat)
                .containsExactly(tuple("trainer-7", "trainer", null), tuple("predictor-7", "predictor", null));
        assertThat(view.trainers()).hasValue(0);
    }

    /** Between two jobs a trainer is neither at work nor among those that wait. */
    @Test
    void aWorkerThatWasSeenIsNotSaidToStartAgain() {
        ExpectedWorkers expected = new ExpectedWorkers(Set.of("trainer-1", "trainer-2"), Set.of());
        SystemView.Worker seen = new SystemView.Worker("trainer-1", "trainer", "idle", null, null);
        assertThat(expected.starting(List.of(seen)))
                .extracting(SystemView.Worker::name)
                .containsExactly("trainer-2");
        assertThat(expected.starting(List.of()))
                .extracting(SystemView.Worker::name)
                .containsExactly("trainer-2");
    }

    private SystemView poll(Map<String, Object> kafka) {
        try (BrokerProbe broker = new BrokerProbe(kafka);
                PredictorReports reports = new PredictorReports(kafka, new SimpleMeterRegistry())) {
            SystemQueries queries = new SystemQueries(jdbi, Duration.ofMinutes(1));
            ExpectedWorkers expected = new ExpectedWorkers(Set.of("trainer-7"), Set.of("predictor-7"));
            DiskSpace disk = new DiskSpace(List.of(), new DiskSpace.Thresholds(0, 0, 100));
            return new SystemProbe(queries, broker, reports, expected, disk, StoppedPartitions::new, "test").poll();
        }
    }
}
