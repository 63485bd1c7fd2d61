package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker that hangs or is down: requests that need it are refused at once, all others work, and nothing is lost. */
@Tag("full")
class BrokerFaultsIT {
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(2);

    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void aBrokerOutageOfAMinuteDelaysJobsAndLosesNone() throws Exception {
        String running = platform.submit(PlatformExtension.endless());
        platform.awaitEpoch(running, 1);
        List<GatewayClient.Response> predictions = new ArrayList<>();
        List<String> submitted = new ArrayList<>();

        Outage outage = Outage.of(platform.faults(), "kafka", Duration.ofMinutes(1));
        for (int i = 0; outage.isOngoing(); i++) {
            GatewayClient gateway = platform.gateway(1 + i % 2);
            if (i % 8 < 2) {
                submitted.add(platform.accepted(gateway.submit(PlatformExtension.small(1), PlatformExtension.newId())
                        .join()));
            }
            predictions.add(gateway.predict(8).join());
            assertThat(gateway.job(running).join().body().path("status").asText())
                    .isEqualTo("training_in_progress");
            TimeUnit.SECONDS.sleep(3);
        }
        outage.awaitEnd();

        assertThat(predictions).hasSizeGreaterThan(5).allMatch(GatewayClient.Response::isUnavailable);
        assertThat(slowest(predictions)).isLessThan(REFUSED_WITHIN);
        // the trainer gave the run up by itself, so it must not count as lost
        PlatformExtension.await("the run to be given up")
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> platform.reasons(running).contains("worker_drained"));
        platform.awaitGateways();
        assertThat(platform.gateway(1).requestAction(running, "cancel").join().status())
                .isEqualTo(200);
        submitted.forEach(key -> platform.awaitStatus(key, "success"));
        assertThat(platform.reasons(running)).doesNotContain("worker_lost");
    }

    @Test
    void aHungBrokerCountsAsUnavailable() throws Exception {
        try (SuspendedProcess broker = platform.freeze("kafka")) {
            platform.accepted(platform.gateway(1)
                    .submit(PlatformExtension.small(1), PlatformExtension.newId())
                    .join());
            List<GatewayClient.Response> predictions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                predictions.add(platform.gateway(2).predict(8).join());
            }
            assertThat(predictions).allMatch(GatewayClient.Response::isUnavailable);
            assertThat(slowest(predictions)).isLessThan(REFUSED_WITHIN);
        }
        platform.awaitAllToBe("success");
    }

    /** The second slowest, because one response may be delayed by a busy machine. */
    private static Duration slowest(List<GatewayClient.Response> answers) {
        return answers.stream()
                .map(GatewayClient.Response::took)
                .sorted(Comparator.reverseOrder())
                .skip(1)
                .findFirst()
                .orElseThrow();
    }
}
