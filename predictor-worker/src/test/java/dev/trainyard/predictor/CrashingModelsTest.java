package dev.trainyard.predictor;

import static dev.trainyard.predictor.TestGateway.answer;
import static dev.trainyard.predictor.TestImages.withBrightPixel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.ModelQuarantine;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.process.ManagedProcess;
import dev.trainyard.standalone.process.ProcessSpec;
import dev.trainyard.standalone.testing.TestBroker;
import dev.trainyard.standalone.testing.TopicInspector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that crash their process, with a predictor in a separate process that is restarted. */
@Tag("full")
class CrashingModelsTest {
    /** Enough for several JVM starts on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    static Path dir;

    private static TestBroker broker;
    private static TestGateway gateway;
    private static FileArtifactStore artifacts;

    private final String bad = "Bad-" + UUID.randomUUID();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private ManagedProcess predictor;

    @BeforeAll
    static void startThePlatform() throws Exception {
        broker = new TestBroker();
        gateway = new TestGateway(broker.kafka());
        artifacts = new FileArtifactStore(dir.resolve("artifacts"));
        gateway.activate("DigitModel", 1, artifacts.write("good.onnx", OnnxModels.thatAlwaysAnswers(4)));
    }

    @AfterAll
    static void stopThePlatform() throws Exception {
        gateway.close();
        broker.close();
    }

    @AfterEach
    void stopThePredictor() {
        predictor.stop();
    }

    @Test
    void aModelThatCrashesAtWarmUpIsQuarantinedAfterOneCrash() throws Exception {
        ArtifactRef onnx = activate(OnnxModels.crashingOnABlankImage());
        start();
        awaitGood();

        ask();
        awaitRefused("SIGFPE");

        awaitGood();
        assertThat(restarts()).as("%s", told).hasSize(1);
        ModelQuarantine quarantine = quarantine(onnx);
        assertThat(quarantine.name()).isEqualTo(bad);
        assertThat(quarantine.version()).isEqualTo(1);
        assertThat(quarantine.predictor()).isEqualTo("predictor-1");
        assertThat(quarantine.cause()).isEqualTo("SIGFPE");
        assertThat(quarantine.phase()).isEqualTo("load");
    }

    @Test
    void aModelThatCrashesForSomeImagesIsQuarantinedAfterOneCrash() throws Exception {
        ArtifactRef onnx = activate(OnnxModels.thatEndsTheProcessForAWhitePixel());
        start();
        awaitGood();

        ask();
        awaitRefused("SIGFPE");

        awaitGood();
        assertThat(restarts()).as("%s", told).hasSize(1);
        assertThat(quarantine(onnx).phase()).isEqualTo("run");
    }

    @Test
    void aReleasedModelIsRetriedAndAnotherFileNeedsNoRelease() throws Exception {
        ArtifactRef onnx = activate(OnnxModels.crashingOnABlankImage());
        start();
        awaitGood();
        ask();
        awaitRefused("SIGFPE");

        gateway.send(
                new ProducerRecord<>(Topics.MODEL_QUARANTINE, onnx.sha256().getBytes(StandardCharsets.UTF_8), null));
        within().until(() -> {
            ask();
            return restarts().size() == 2;
        });
        awaitRefused("SIGFPE");

        gateway.activate(bad, 2, artifacts.write(bad + "/2.onnx", OnnxModels.thatAlwaysAnswers(2)));
        within().until(() -> answer(ask()) instanceof Answered answered && answered.version() == 2);
    }

    private ArtifactRef activate(byte[] model) throws IOException {
        // a different file for each test, because quarantines are by content
        byte[] onnx = OnnxModels.labelled(model, bad);
        ArtifactRef ref = artifacts.write(bad + "/1.onnx", onnx);
        gateway.activate(bad, 1, ref);
        return ref;
    }

    private void start() throws IOException {
        Path logs = Files.createDirectories(dir.resolve("log"));
        Path run = Files.createDirectories(dir.resolve("run"));
        Path state = Files.createDirectories(dir.resolve("state"));
        List<String> command = PredictorMain.command(
                "predictor-1", dir, broker.bootstrapServers(), "-XX:ErrorFile=" + state.resolve("hs_err_%p.log"));
        predictor = new ManagedProcess(
                new ProcessSpec("predictor-1", command, Map.of(), () -> true, "TERM", Duration.ofSeconds(20)),
                logs,
                run,
                told::add);
        predictor.start();
    }

    private CompletableFuture<Outcome> ask() {
        return gateway.ask(bad, withBrightPixel(3), Instant.now().plusSeconds(60));
    }

    private static void awaitGood() {
        within().until(() -> answer(gateway.ask("DigitModel", withBrightPixel(0))) instanceof Answered);
    }

    private void awaitRefused(String why) {
        within().untilAsserted(() -> {
            Unavailable refused = (Unavailable) answer(ask());
            assertThat(refused.reason()).isEqualTo(Reason.MODEL_UNAVAILABLE);
            assertThat(refused.message()).contains("quarantined", bad, why, "release-quarantine");
        });
    }

    private List<String> restarts() {
        return told.stream().filter(line -> line.contains("starting it again")).toList();
    }

    private static ModelQuarantine quarantine(ArtifactRef onnx) throws Exception {
        for (var message : TopicInspector.read(broker.kafka(), Topics.MODEL_QUARANTINE)) {
            if (new String(message.key(), StandardCharsets.UTF_8).equals(onnx.sha256())) {
                return ModelQuarantine.read(message.value());
            }
        }
        throw new AssertionError("no quarantine of " + onnx);
    }

    private static ConditionFactory within() {
        return await().atMost(LIMIT).ignoreExceptionsInstanceOf(java.util.concurrent.TimeoutException.class);
    }
}
