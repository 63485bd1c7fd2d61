package dev.trainyard.gateway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.GatewayDatabase;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.standalone.testing.TestPlatform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What an operator sees, on a real database, of a broker that is there and of one that is not. */
class SystemLookTest {
    /** Where nobody listens: the port is reserved. */
    private static final Map<String, Object> NOBODY = Map.of("bootstrap.servers", "127.0.0.1:1");

    private final Jdbi jdbi = GatewayDatabase.create();

    @Test
    void whileTheBrokerIsSilentTheNumberOfTrainersIsNotKnownRatherThanNone() {
        SystemView view = look(NOBODY);
        assertThat(view.trouble()).contains("Kafka does not answer");
        assertThat(view.workers()).isEmpty();
        assertThat(view.trainers()).isEmpty();
    }

    @Test
    void aBrokerThatAnswersSaysHowManyThereAre() {
        TestPlatform platform = TestPlatform.shared();
        SystemView view = look(platform.kafka());
        assertThat(view.trouble()).isNull();
        assertThat(view.trainers()).isPresent();
    }

    private SystemView look(Map<String, Object> kafka) {
        try (BrokerLook broker = new BrokerLook(kafka)) {
            return new SystemLook(
                            new SystemQueries(jdbi, Duration.ofMinutes(1)),
                            broker,
                            "test",
                            new DiskSpace(List.of(), 0, 0))
                    .look();
        }
    }
}
