package dev.trainyard.predictor;

import static dev.trainyard.predictor.TestImages.withBrightPixel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A predictor together with gateways of later releases. It has its own broker because a stopped topic stays stopped.
 */
@Tag("full")
class LaterReleaseTest {
    private static final String MODEL = "Model";

    @TempDir
    static Path dir;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TestBroker broker;
    private TestGateway gateway;
    private PredictorProcess predictor;

    @BeforeEach
    void start() throws Exception {
        broker = new TestBroker();
        gateway = new TestGateway(broker.kafka());
        FileArtifactStore artifacts = new FileArtifactStore(dir.resolve("artifacts"));
        gateway.activate(MODEL, 1, artifacts.write("m/1.onnx", OnnxModels.thatFindsTheBrightOfTheFirstTenPixels()));
        predictor = new PredictorProcess(
                "predictor-1", TestSettings.in(dir), broker.kafka(), new TestReportChannel(broker.kafka()), meters);
        predictor.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> predictor.notReady() == null);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> answer(gateway.ask(MODEL, withBrightPixel(0))) instanceof Answered);
    }

    @AfterEach
    void stop() throws Exception {
        predictor.close();
        gateway.close();
        broker.close();
    }

    @Test
    void requestsOfTheNextReleaseAreAnsweredAndLaterOnesRejectedWithTheReason() throws Exception {
        assertThat(answer(gateway.askInVersion(2, MODEL, withBrightPixel(8), "prediction")))
                .isInstanceOf(Answered.class);
        Outcome heatmap = answer(gateway.askInVersion(2, MODEL, withBrightPixel(8), "heatmap"));
        assertThat(((Unavailable) heatmap).message()).contains("heatmap", "upgrade");
        Outcome later = answer(gateway.askInVersion(3, MODEL, withBrightPixel(8), "prediction"));
        assertThat(((Unavailable) later).message()).contains("version 3", "1 to 2");
        assertThat(meters.get("trainyard.predict.newer.requests").counter().count())
                .isEqualTo(2);
        assertThat(gateway.all(Topics.deadLetter(Topics.PREDICT_REQUESTS))).isEmpty();
        assertThat(answer(gateway.ask(MODEL, withBrightPixel(8)))).isInstanceOf(Answered.class);
    }

    @Test
    void aModelOfALaterReleaseStopsTheTopicAndServingContinues() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(broker.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.MODELS, bytes("Other"), bytes("{\"v\":3}")))
                    .get();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> predictor.notReady() != null);
        assertThat(predictor.notReady()).contains("models-0 offset", "ModelActivation of version 3");
        assertThat(predictor.isAlive()).isTrue();
        assertThat(meters.get("trainyard.partitions.stopped")
                        .tag("topic", Topics.MODELS)
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(answer(gateway.ask(MODEL, withBrightPixel(8)))).isInstanceOf(Answered.class);
    }

    private static Outcome answer(CompletableFuture<Outcome> asked) throws Exception {
        return asked.get(60, TimeUnit.SECONDS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
