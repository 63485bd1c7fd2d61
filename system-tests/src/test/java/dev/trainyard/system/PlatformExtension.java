package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.standalone.chaos.ChaosClient;
import dev.trainyard.standalone.chaos.FaultInjector;
import dev.trainyard.standalone.chaos.JobHistoryVerifier;
import dev.trainyard.standalone.testing.TopicInspector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a class of fault rows needs of the shared platform. Before each row every gateway works; after it every job that
 * was accepted has ended and is held against the promise.
 */
final class PlatformExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
    /** For what only has to come; as wide as a busy machine may want it. */
    static final Duration LIMIT = Duration.ofMinutes(3);

    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private SharedPlatform sharedPlatform;

    @Override
    public void beforeAll(ExtensionContext context) {
        sharedPlatform = SharedPlatform.of(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        accepted.clear();
        awaitGateways();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (accepted.isEmpty()) {
            return;
        }
        for (String key : accepted) {
            awaitStatus(key, "success|failed|cancelled");
        }
        await("the histories").ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            JobHistoryVerifier histories = new JobHistoryVerifier(client());
            for (String key : accepted) {
                assertThat(histories.violations(key)).isEmpty();
            }
        });
    }

    /** Looks at once and often, and long enough for a busy machine. */
    static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50));
    }

    SharedPlatform sharedPlatform() {
        return sharedPlatform;
    }

    ChaosClient client() {
        return sharedPlatform.client();
    }

    FaultInjector faults() {
        return sharedPlatform.faults();
    }

    TestDatabase database() {
        return sharedPlatform.database();
    }

    GatewayClient gateway(int number) {
        return sharedPlatform.gateway(number);
    }

    SuspendedProcess freeze(String name) throws IOException {
        await(name).until(() -> faults().process(name).isPresent());
        return SuspendedProcess.of(faults().process(name).orElseThrow());
    }

    void awaitGateways() {
        for (GatewayClient gateway : sharedPlatform.gateways()) {
            await("a gateway").until(gateway::isWorking);
        }
    }

    /** A small network; an epoch takes about a second. */
    static String small(int epochs) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":32,"num_layers":2,"dropout_amount":0.3},
                 "train_args":{"batch_size":256,"epochs":%d},"promote":"never"}""".formatted(epochs);
    }

    /** As {@link #small}, and its model is served afterwards. */
    static String promoted(int epochs) {
        return small(epochs).replace("\"never\"", "\"always\"");
    }

    /** Runs until it is stopped. */
    static String endless() {
        return small(1_000);
    }

    /** The first epoch takes a minute. */
    static String slow() {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"lenet5",
                 "train_args":{"batch_size":4,"epochs":1},"promote":"never"}""";
    }

    static String newId() {
        return UUID.randomUUID().toString();
    }

    /** Insists until it is accepted, as a client with an idempotency key may. */
    String submit(String config) {
        return submit(config, newId());
    }

    String submit(String config, String id) {
        String[] key = new String[1];
        await("a submit").until(() -> (key[0] = client().submit(config, id)) != null);
        return accepted(key[0]);
    }

    /** The job that {@code answer} promised; it is held against that at the end of the row. */
    String accepted(GatewayClient.Response answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(202);
        return accepted(answer.key());
    }

    String accepted(String key) {
        if (!accepted.contains(key)) {
            accepted.add(key);
        }
        return key;
    }

    JsonNode job(String key) throws IOException, InterruptedException {
        return client().job(key);
    }

    String status(String key) throws IOException, InterruptedException {
        return job(key).path("status").asText();
    }

    void awaitStatus(String key, String pattern) {
        await("job " + key + " to be " + pattern)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> status(key).matches(pattern));
    }

    /** Of all jobs that were accepted in this row. */
    void awaitAllToBe(String status) {
        accepted.forEach(key -> awaitStatus(key, "success|failed|cancelled"));
        assertThat(accepted).allSatisfy(key -> assertThat(status(key)).isEqualTo(status));
    }

    void awaitEpoch(String key, int epoch) {
        await("epoch %d of job %s".formatted(epoch, key))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> job(key).path("history").size() >= epoch);
    }

    /** Why the job moved, in order. */
    List<String> reasons(String key) throws IOException, InterruptedException {
        return job(key).path("transitions").findValuesAsText("reason");
    }

    /** The attempts that a worker claimed, in order. */
    List<Integer> claims(String key) throws IOException, InterruptedException {
        return StreamSupport.stream(job(key).path("transitions").spliterator(), false)
                .filter(step -> step.path("reason").asText().equals("claimed"))
                .map(step -> step.path("attempt").asInt())
                .toList();
    }

    /** All that was ever sent to {@code topic} of the job {@code key}. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic, String key) {
        return TopicInspector.read(sharedPlatform.kafka(), topic).stream()
                .filter(message ->
                        message.key() != null && new String(message.key(), StandardCharsets.UTF_8).equals(key))
                .toList();
    }

    Map<String, Object> kafka() {
        return sharedPlatform.kafka();
    }
}
