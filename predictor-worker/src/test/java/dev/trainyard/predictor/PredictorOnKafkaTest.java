package dev.trainyard.predictor;

import static dev.trainyard.predictor.TestGateway.answer;
import static dev.trainyard.predictor.TestGateway.text;
import static dev.trainyard.predictor.TestImages.withBrightPixel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.image.PngFile;
import dev.trainyard.image.testing.HostilePngs;
import dev.trainyard.image.testing.PngBuilder;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.PredictHeaders;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.message.PredictReply.InputImage;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Rejected;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.testing.TestBroker;
import dev.trainyard.standalone.testing.TopicInspector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictorOnKafkaTest {
    @TempDir
    static Path dir;

    private static TestBroker broker;
    private static TestGateway gateway;
    private static FileArtifactStore artifacts;
    /** Running predictors; a test that must start without predictors stops them. */
    private static final List<PredictorProcess> predictors = new ArrayList<>();

    /** Metrics of the running predictors. */
    private static SimpleMeterRegistry meters;

    /** Unique for each test, because the models topic is shared. */
    private final String model = "Model-" + UUID.randomUUID();

    private boolean activated;

    @BeforeAll
    static void startThePlatform() throws Exception {
        broker = new TestBroker();
        gateway = new TestGateway(broker.kafka());
        artifacts = new FileArtifactStore(dir.resolve("artifacts"));
    }

    @AfterAll
    static void stopThePlatform() throws Exception {
        stopThePredictors();
        gateway.close();
        broker.close();
    }

    private static void stopThePredictors() {
        predictors.forEach(PredictorProcess::close);
        predictors.clear();
    }

    @Test
    void anImageIsPredictedByTheActiveModel() throws Exception {
        activate(3, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        predictor();

        Answered answered = (Answered) answer(gateway.ask(model, withBrightPixel(8)));

        assertThat(answered.model()).isEqualTo(model);
        assertThat(answered.version()).isEqualTo(3);
        assertThat(answered.prediction()).isEqualTo(8);
        assertThat(answered.probabilities()).hasSize(10);
        assertThat(answered.probabilities()[8]).isGreaterThan(0.99f);
        assertThat(sum(answered.probabilities())).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
    }

    @Test
    void aTensorIsPredictedLikeItsImageAndAnUnknownEncodingBecomesADeadLetter() throws Exception {
        activate(3, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        byte[] strange = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        predictor();
        gateway.ask(model, strange, "application/strange");
        CompletableFuture<Outcome> tensor =
                gateway.ask(model, TestImages.tensorWithBrightPixel(8), PredictHeaders.FLOAT32);
        CompletableFuture<Outcome> image = gateway.ask(model, withBrightPixel(8), PredictHeaders.PNG);

        assertThat(((Answered) answer(tensor)).probabilities())
                .containsExactly(((Answered) answer(image)).probabilities());
        assertThat(((Answered) answer(tensor)).prediction()).isEqualTo(8);
        await().untilAsserted(() -> assertThat(lettersWith(strange))
                .extracting(letter -> text(letter, DeadLetterPublisher.REASON))
                .containsExactly("trainyard-content-type is application/strange, which is not known here"));
    }

    @Test
    void requestsSentBeforeThePredictorHasJoinedAreAnswered() throws Exception {
        stopThePredictors();
        activate(1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        List<CompletableFuture<Outcome>> asked = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            asked.add(gateway.ask(model, withBrightPixel(i % 10)));
        }

        predictor();

        for (int i = 0; i < asked.size(); i++) {
            assertThat(((Answered) answer(asked.get(i))).prediction()).isEqualTo(i % 10);
        }
        assertThat(meters.get("trainyard.predict.batch.size").summary().max()).isGreaterThan(1);
    }

    @Test
    void aDamagedImageIsRejectedAloneInItsBatch() throws Exception {
        stopThePredictors();
        activate(1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        byte[] cut = Arrays.copyOf(withBrightPixel(1), 50);
        List<CompletableFuture<Outcome>> asked = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            asked.add(gateway.ask(model, i == 4 ? cut : withBrightPixel(i)));
        }

        predictor();

        for (int i = 0; i < asked.size(); i++) {
            Outcome outcome = answer(asked.get(i));
            if (i == 4) {
                assertThat(((Rejected) outcome).message()).contains("cut off");
            } else {
                assertThat(((Answered) outcome).prediction()).isEqualTo(i);
            }
        }
    }

    @Test
    void replacingTheModelUnderLoadFailsNoRequest() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        List<CompletableFuture<Outcome>> asked = new ArrayList<>();
        for (int version = 2; version <= 9; version++) {
            activate(version, OnnxModels.thatAlwaysAnswers(version));
            Answered latest;
            do {
                for (int i = 0; i < 20; i++) {
                    asked.add(gateway.ask(model, withBrightPixel(0)));
                }
                latest = (Answered) answer(asked.get(asked.size() - 1));
            } while (latest.version() < version);
        }

        for (CompletableFuture<Outcome> one : asked) {
            Answered answered = (Answered) answer(one);
            assertThat(answered.prediction()).isEqualTo(answered.version());
        }
    }

    @Test
    void withoutAnActiveModelTheReplyIsUnavailable() throws Exception {
        predictor();

        Unavailable none = (Unavailable) answer(gateway.ask(model, withBrightPixel(0)));
        assertThat(none.reason()).isEqualTo(Reason.NO_ACTIVE_MODEL);
        assertThat(none.message()).contains(model);

        activate(1, OnnxModels.thatAlwaysAnswers(1));
        await().until(() -> answer(gateway.ask(model, withBrightPixel(0))) instanceof Answered);
        gateway.remove(model);
        await().until(() -> answer(gateway.ask(model, withBrightPixel(0))) instanceof Unavailable);
    }

    @Test
    void aRequestedVersionIsLoadedWhileProductionContinues() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        List<CompletableFuture<Outcome>> asked = new ArrayList<>();
        for (int version = 2; version <= 6; version++) {
            gateway.offer(model, version, keep(version, OnnxModels.thatAlwaysAnswers(version)));
            asked.add(ask(version));
            asked.add(gateway.ask(model, withBrightPixel(0)));
            asked.add(version % 2 == 0 ? ask(1) : gateway.askAside(model, 1, withBrightPixel(0)));
        }
        for (int i = 0; i < asked.size(); i++) {
            Answered answered = (Answered) answer(asked.get(i));
            assertThat(answered.version()).isEqualTo(i % 3 == 0 ? 2 + i / 3 : 1);
            assertThat(answered.prediction()).isEqualTo(answered.version());
        }
    }

    @Test
    void aDamagedOrUnknownVersionIsUnavailableWithoutHarmToOthers() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        gateway.offer(model, 2, keep(2, new byte[] {1, 2, 3}));

        List<CompletableFuture<Outcome>> asked =
                List.of(ask(2), gateway.ask(model, withBrightPixel(0)), ask(77), ask(1));

        assertThat(((Unavailable) answer(asked.get(0))).reason()).isEqualTo(Reason.MODEL_UNAVAILABLE);
        assertThat(answer(asked.get(1))).isInstanceOf(Answered.class);
        assertThat(((Unavailable) answer(asked.get(2))).reason()).isEqualTo(Reason.UNKNOWN_VERSION);
        assertThat(answer(asked.get(3))).isInstanceOf(Answered.class);
    }

    private CompletableFuture<Outcome> ask(int version) {
        return gateway.ask(model, version, withBrightPixel(0), Instant.now().plusSeconds(60));
    }

    private ArtifactRef keep(int version, byte[] onnx) throws IOException {
        return artifacts.write("%s/%d.onnx".formatted(model, version), onnx);
    }

    @Test
    void anExpiredRequestIsDroppedAndCounted() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        double before = count("expired");

        CompletableFuture<Outcome> late =
                gateway.ask(model, withBrightPixel(0), Instant.now().minusMillis(1));

        await().untilAsserted(() -> assertThat(count("expired")).isEqualTo(before + 1));
        answer(gateway.ask(model, withBrightPixel(0)));
        assertThat(late).isNotDone();
    }

    @Test
    void theOldModelIsServedUntilADamagedOneIsRepaired() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        byte[] second = OnnxModels.thatAlwaysAnswers(2);
        ArtifactRef whole = artifacts.write(model + "/2.onnx", second);
        Path file = dir.resolve("artifacts").resolve(whole.path());
        Files.write(file, flipABit(second));
        gateway.activate(model, 2, whole);

        await().untilAsserted(() -> assertThat(meters.get("trainyard.model.load.failures")
                        .tag("model", model)
                        .counter()
                        .count())
                .isPositive());
        assertThat(((Answered) answer(gateway.ask(model, withBrightPixel(0)))).version())
                .isEqualTo(1);

        Files.write(file, second);
        await().until(() -> ((Answered) answer(gateway.ask(model, withBrightPixel(0)))).version() == 2);
    }

    @Test
    void aRecordWithoutHeadersBecomesADeadLetterAndThePartitionContinues() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        String mark = UUID.randomUUID().toString();
        byte[] headerless = mark.getBytes(StandardCharsets.UTF_8);
        gateway.send(new ProducerRecord<>(Topics.PREDICT_REQUESTS, 3, null, headerless));
        ProducerRecord<byte[], byte[]> behind = new ProducerRecord<>(Topics.PREDICT_REQUESTS, 3, null, headerless);
        TestGateway.header(behind, PredictHeaders.ID, UUID.randomUUID().toString());
        TestGateway.header(behind, PredictHeaders.MODEL, model);
        TestGateway.header(behind, PredictHeaders.DEADLINE, "9999999999999");
        TestGateway.header(behind, PredictHeaders.REPLY_PARTITION, "99");
        gateway.send(behind);
        CompletableFuture<Outcome> after = gateway.ask(model, withBrightPixel(0));

        assertThat(answer(after)).isInstanceOf(Answered.class);
        await().untilAsserted(() -> assertThat(lettersWith(headerless))
                .extracting(letter -> text(letter, DeadLetterPublisher.REASON))
                .containsExactly(
                        "the request has no header trainyard-reply-partition",
                        "trainyard-reply-partition is 99, there are 12 partitions"));
    }

    @Test
    void stoppingAPredictorUnderLoadLeavesNoRequestUnanswered() throws Exception {
        stopThePredictors();
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        PredictorProcess first = another();
        another();
        List<CompletableFuture<Outcome>> asked = new ArrayList<>();
        CountDownLatch underLoad = new CountDownLatch(200);
        AtomicInteger afterwards = new AtomicInteger();
        Thread load = new Thread(() -> {
            while (first.isAlive() || afterwards.getAndIncrement() < 200) {
                asked.add(gateway.ask(model, withBrightPixel(0)));
                underLoad.countDown();
            }
        });
        load.start();
        underLoad.await();
        first.close();
        predictors.remove(first);
        load.join();

        assertThat(first.isAlive()).isFalse();
        for (CompletableFuture<Outcome> one : asked) {
            assertThat(answer(one)).isInstanceOf(Answered.class);
        }
    }

    @Test
    void anImageOfFiveMegabytesIsPredicted() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();

        Rejected rejected = (Rejected) answer(gateway.ask(model, new byte[PngFile.MAX_BYTES]));

        assertThat(rejected.message()).contains("not a PNG");
    }

    /** {@code -Dhostile.seed=N -Dhostile.count=1} repeats a reported failure. */
    @Test
    void twentyThousandHostileImagesAreAnsweredOnceWithoutHarmToOthers() throws Exception {
        activate(1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        PredictorProcess predictor = predictor();
        double unavailable = count("unavailable");
        long repeated = gateway.repeatedReplies();
        long first = Long.getLong("hostile.seed", 0);
        long end = first + Long.getLong("hostile.count", 20_000);
        List<Long> seeds = new ArrayList<>();
        List<CompletableFuture<Outcome>> hostile = new ArrayList<>();
        List<CompletableFuture<Outcome>> good = new ArrayList<>();
        for (long seed = first; seed < end; seed++) {
            seeds.add(seed);
            hostile.add(start(HostilePngs.of(seed).bytes()));
            if (seed % 10 == 0) {
                good.add(start(withBrightPixel(good.size() % 10)));
            }
            if (seeds.size() == 1_000 || seed == end - 1) {
                for (int i = 0; i < seeds.size(); i++) {
                    assertThat(answer(hostile.get(i)))
                            .as(HostilePngs.of(seeds.get(i)).toString())
                            .isInstanceOfAny(Answered.class, Rejected.class);
                }
                for (int i = 0; i < good.size(); i++) {
                    assertThat(((Answered) answer(good.get(i))).prediction()).isEqualTo(i % 10);
                }
                seeds.clear();
                hostile.clear();
                good.clear();
            }
        }

        assertThat(gateway.repeatedReplies()).isEqualTo(repeated);
        assertThat(predictor.isAlive()).isTrue();
        assertThat(predictor.notReady()).isNull();
        assertThat(count("unavailable")).isEqualTo(unavailable);
        await().untilAsserted(() -> assertThat(
                        TopicInspector.lag(broker.kafka(), Topics.PREDICTORS_GROUP, Topics.PREDICT_REQUESTS))
                .isZero());
    }

    private CompletableFuture<Outcome> start(byte[] png) {
        return gateway.start(model, png, Instant.now().plusSeconds(60), RequestedOutput.PREDICTION);
    }

    @Test
    void aLargeImageIsPredicted() throws Exception {
        activate(1, OnnxModels.thatAlwaysAnswers(1));
        predictor();
        byte[] large = PngBuilder.png(4096, 4096, 0, 1, new int[4096 * 4096]).build();

        assertThat(answer(gateway.ask(model, large))).isInstanceOf(Answered.class);
    }

    @Test
    void anExplanationHasTheInputImageAndAnOcclusionMap() throws Exception {
        activate(1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        predictor();

        Explained explained = (Explained) answer(gateway.ask(model, withBrightPixel(3), RequestedOutput.EXPLANATION));

        assertThat(explained.answered().prediction()).isEqualTo(3);
        assertThat(explained.image()).hasSize(784);
        assertThat(explained.image()[3]).isEqualTo((byte) 255);
        // without the bright pixel all ten digits are equally likely, and it is blanked together with its neighbours
        assertThat(explained.occlusion()[0][3]).isCloseTo(0.9f, within(0.01f));
        assertThat(explained.occlusion()[2][5]).isCloseTo(0.9f, within(0.01f));
        assertThat(explained.occlusion()[3][3]).isZero();
        assertThat(explained.occlusion()[0][6]).isZero();
    }

    @Test
    void aPreviewNeedsNoModel() throws Exception {
        predictor();

        InputImage input = (InputImage) answer(gateway.ask(model, withBrightPixel(3), RequestedOutput.IMAGE));

        assertThat(input.image()[3]).isEqualTo((byte) 255);
        assertThat(answer(gateway.ask(model, new byte[9], RequestedOutput.IMAGE)))
                .isInstanceOf(Rejected.class);
    }

    /** Returns a running predictor, starting one if necessary, that serves the production models. */
    private PredictorProcess predictor() {
        PredictorProcess predictor = predictors.isEmpty() ? another() : predictors.get(0);
        if (activated) {
            await().until(() -> answer(gateway.ask(model, withBrightPixel(0))) instanceof Answered);
        }
        return predictor;
    }

    private static PredictorProcess another() {
        meters = predictors.isEmpty() ? new SimpleMeterRegistry() : meters;
        PredictorProcess predictor = new PredictorProcess(
                "predictor-" + predictors.size(),
                TestSettings.in(dir),
                broker.kafka(),
                new TestReportChannel(broker.kafka()),
                meters);
        predictors.add(predictor);
        predictor.start();
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(predictor.notReady()).isNull());
        return predictor;
    }

    private void activate(int version, byte[] onnx) throws IOException {
        activated = true;
        gateway.activate(model, version, artifacts.write("%s/%d.onnx".formatted(model, version), onnx));
    }

    private double count(String outcome) {
        return meters.get("trainyard.predictions")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static List<ConsumerRecord<byte[], byte[]>> lettersWith(byte[] value) {
        return gateway.all(Topics.deadLetter(Topics.PREDICT_REQUESTS)).stream()
                .filter(letter -> Arrays.equals(letter.value(), value))
                .toList();
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private static byte[] flipABit(byte[] bytes) {
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 1;
        return flipped;
    }
}
