package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.standalone.testing.TopicInspector;
import dev.trainyard.system.chaos.ChaosClient;
import dev.trainyard.system.chaos.FaultInjector;
import dev.trainyard.system.chaos.JobHistoryVerifier;
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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * JUnit extension for fault tests on the shared platform. Before each test it waits until every gateway works; after
 * each test it waits for all accepted jobs and verifies their histories.
 */
final class PlatformExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    /** Maximum wait for an expected condition, generous for a busy machine. */
    static final Duration LIMIT = Duration.ofMinutes(3);

    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private final List<String> options;
    private SharedPlatform sharedPlatform;

    PlatformExtension() {
        this(List.of());
    }

    private PlatformExtension(List<String> options) {
        this.options = options;
    }

    /** A platform of its own for one class. */
    static PlatformExtension withOptions(String... options) {
        return new PlatformExtension(List.of(options));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        sharedPlatform =
                options.isEmpty() ? SharedPlatform.of(context) : SharedPlatform.start(options.toArray(String[]::new));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        if (!options.isEmpty()) {
            sharedPlatform.close();
        }
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

    /** Polls at once and then every 50 ms. */
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

    /** A small network; an epoch takes a second or two with each engine. */
    static String small(int epochs) {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":32,"num_layers":2,"dropout_amount":0.3},
                 "train_args":{"batch_size":256,"epochs":%d},"promote":"never"}""".formatted(epochs);
    }

    /** Like {@link #small}, for an engine that must train. */
    static String small(int epochs, String engine) {
        return small(epochs).replace("{\"dataset\"", "{\"engine\":\"%s\",\"dataset\"".formatted(engine));
    }

    /** Like {@link #small}, but the model is promoted. */
    static String promoted(int epochs) {
        return small(epochs).replace("\"never\"", "\"always\"");
    }

    /** Runs until it is stopped; minutes with the fastest engine. */
    static String endless() {
        return small(1_000);
    }

    /** The first epoch takes minutes with each engine, because 13,500 batches update four million weights. */
    static String slow() {
        return """
                {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
                 "network_args":{"layer_size":1024,"num_layers":4},
                 "train_args":{"batch_size":4,"epochs":1},"promote":"never"}""";
    }

    /** Id of the engine that this platform's trainers prefer. */
    static String defaultEngine() {
        return System.getenv("TRAINYARD_ENGINES").split(",")[0];
    }

    static String newId() {
        return UUID.randomUUID().toString();
    }

    /** Repeats the submit until it is accepted. */
    String submit(String config) {
        return submit(config, newId());
    }

    String submit(String config, String id) {
        String[] key = new String[1];
        await("a submit").until(() -> (key[0] = client().submit(config, id)) != null);
        return accepted(key[0]);
    }

    /** Registers an accepted job, whose history is verified after the test. */
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

    /** Waits for all jobs accepted in this test. */
    void awaitAllToBe(String status) {
        accepted.forEach(key -> awaitStatus(key, "success|failed|cancelled"));
        assertThat(accepted).allSatisfy(key -> assertThat(status(key)).isEqualTo(status));
    }

    void awaitEpoch(String key, int epoch) {
        await("epoch %d of job %s".formatted(epoch, key))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> job(key).path("history").size() >= epoch);
    }

    /** Reasons of the job's transitions, in order. */
    List<String> reasons(String key) throws IOException, InterruptedException {
        return job(key).path("transitions").findValuesAsText("reason");
    }

    /** Attempts that a worker claimed, in order. */
    List<Integer> claims(String key) throws IOException, InterruptedException {
        return StreamSupport.stream(job(key).path("transitions").spliterator(), false)
                .filter(step -> step.path("reason").asText().equals("claimed"))
                .map(step -> step.path("attempt").asInt())
                .toList();
    }

    /** All records of the job {@code key} on {@code topic}. */
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
