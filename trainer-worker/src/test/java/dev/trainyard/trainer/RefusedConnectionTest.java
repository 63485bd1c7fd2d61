package dev.trainyard.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.trainyard.kafka.AccessInstaller;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.standalone.testing.TlsBroker;
import dev.trainyard.trainer.report.KafkaEventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.worker.WorkerShell;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker that the broker refuses says why in its health, and goes on trying. */
@Tag("full")
class RefusedConnectionTest {
    @Test
    void theReasonNamesTheSettingsToCheck() throws Exception {
        try (TlsBroker broker = new TlsBroker()) {
            Map<String, Object> wrongPassword = new HashMap<>(broker.byPassword("trainer"));
            wrongPassword.put(
                    "sasl.jaas.config",
                    String.valueOf(wrongPassword.get("sasl.jaas.config")).replace("secret-of-trainer", "a-guess"));
            assertThat(reason(wrongPassword))
                    .contains("Kafka refuses the user or password", "kafka.sasl.jaas.config")
                    .doesNotContain("a-guess");
            assertThat(reason(broker.untrusting("trainer")))
                    .contains("No TLS connection to Kafka", "unable to find valid certification path")
                    .contains("kafka.ssl.truststore.location");
            assertThat(reason(broker.unknown())).contains("No TLS connection to Kafka", "kafka.ssl.keystore.location");
            Map<String, Object> noStore = new HashMap<>(broker.byPassword("trainer"));
            noStore.put("ssl.truststore.location", "/none.p12");
            assertThat(reason(noStore)).contains("/none.p12");
        }
    }

    @Test
    void eventsAreSentOnceTheirPasswordIsSet() throws Exception {
        try (TlsBroker broker = new TlsBroker();
                Admin admin = Admin.create(broker.byCertificate("admin"))) {
            Map<String, Object> early = new HashMap<>(broker.byPassword("trainer"));
            early.put(
                    "sasl.jaas.config",
                    String.valueOf(early.get("sasl.jaas.config")).replace("secret-of-trainer", "a-new-password"));
            try (KafkaEventSink sink = new KafkaEventSink(early, RunClock.system())) {
                assertThatThrownBy(() -> send(sink)).hasCauseInstanceOf(SaslAuthenticationException.class);
                new AccessInstaller(admin, 30).setPasswords(Map.of("trainer", "a-new-password"));

                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThatCode(() -> send(sink)).doesNotThrowAnyException());
            }
        }
    }

    private static void send(KafkaEventSink sink) throws Exception {
        TrainEvent event = new TrainEvent(
                Versioned.CURRENT,
                UUID.randomUUID(),
                1,
                UUID.randomUUID(),
                0,
                "test",
                Instant.now(),
                new TrainEvent.Heartbeat());
        sink.send(event).toCompletableFuture().get(15, TimeUnit.SECONDS);
    }

    private static String reason(Map<String, Object> kafka) {
        WorkerShell shell = new WorkerShell("trainer", kafka, new SimpleMeterRegistry());
        AtomicBoolean started = new AtomicBoolean();
        shell.start(() -> started.set(true));
        try {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> String.valueOf(shell.notReady()).startsWith("has no Kafka"));
            assertThat(started).isFalse();
            assertThat(shell.isAlive()).isTrue();
            return String.valueOf(shell.notReady());
        } finally {
            shell.stop();
        }
    }
}
