package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.device.Accelerator;
import dev.trainyard.job.DatasetArgs;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages of an older version wait in topics, so their form must not change by accident. */
class WireFormatTest {
    private static final UUID KEY = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final UUID TOKEN = UUID.fromString("00000000-0000-0000-0000-000000000002");
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void eventsKeepTheirForm() {
        golden(new TrainEvent.Claimed(), "{'type':'claimed'}");
        golden(new TrainEvent.Heartbeat(), "{'type':'heartbeat'}");
        golden(
                new TrainEvent.Progress(2, 0.5, 0.25, 3000, 12),
                "{'type':'progress','epoch':2,'loss':0.5,'progress':0.25,'samples_per_second':3000.0,'eta_seconds':12.0}");
        golden(
                new TrainEvent.EpochEnded(
                        new EpochMetrics(1, new Score(0.5, 0.75), new Score(0.4, 0.8), 1.5),
                        new ArtifactRef("a/b", "ff", 3)),
                "{'type':'epoch','metrics':{'epoch':1,'train':{'loss':0.5,'accuracy':0.75},"
                        + "'validation':{'loss':0.4,'accuracy':0.8},'seconds':1.5},"
                        + "'checkpoint':{'path':'a/b','sha256':'ff','size':3}}");
        golden(
                new TrainEvent.Progress(2, 0.5, 0.25, 3000, 12, "dl4j 1"),
                "{'type':'progress','epoch':2,'loss':0.5,'progress':0.25,'samples_per_second':3000.0,'eta_seconds':12.0,"
                        + "'engine':'dl4j 1'}");
        golden(
                new TrainEvent.EpochEnded(new EpochMetrics(1, new Score(0.5, 0.75), null, 1.5), null, "dl4j 1"),
                "{'type':'epoch','metrics':{'epoch':1,'train':{'loss':0.5,'accuracy':0.75},'seconds':1.5},"
                        + "'engine':'dl4j 1'}");
        golden(
                new TrainEvent.Failed(FailureCode.TRAINING_DIVERGED, "NaN"),
                "{'type':'failed','code':'training_diverged','message':'NaN'}");
        golden(new TrainEvent.Released("drain"), "{'type':'released','reason':'drain'}");
    }

    /** The fields of a hold and of a schedule are absent from jobs without them, as in the release before. */
    @Test
    void jobsKeepTheirForm() throws Exception {
        TrainJob job = job(new TrainArgs(32, 9, 0.001, Optimizer.ADAM, 42, 0.1), null);
        String json = ("{'v':1,'key':'00000000-0000-0000-0000-000000000001','attempt':2,'config':{"
                        + "'dataset':'MnistDataset','dataset_args':{'image_size':[28,28,1]},'model':'DigitModel',"
                        + "'network':'lenet5','network_args':{},'train_args':{'batch_size':32,'epochs':9,"
                        + "'learning_rate':0.001,'optimizer':'adam','seed':42,'validation_split':0.1},"
                        + "'save_weights':true,'promote':'auto'},"
                        + "'checkpoints':[{'epoch':3,'artifact':{'path':'a/b','sha256':'ff','size':3}}],'history':[],"
                        + "'enqueued_at':'2026-01-02T03:04:05Z'}")
                .replace('\'', '"');
        assertThat(text(job)).isEqualTo(json);
        assertThat(TrainJob.read(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(job);

        TrainJob held = job(new TrainArgs(32, 9, 0.001, Optimizer.ADAM, 42, 0.1, 27), 3);
        String newer = json.replace("\"validation_split\":0.1", "\"validation_split\":0.1,\"schedule_epochs\":27")
                .replaceFirst("}$", ",\"hold_after_epoch\":3}");
        assertThat(text(held)).isEqualTo(newer);
        assertThat(TrainJob.read(newer.getBytes(StandardCharsets.UTF_8))).isEqualTo(held);
    }

    private static TrainJob job(TrainArgs args, @Nullable Integer hold) {
        TrainingConfig config = new TrainingConfig(
                "MnistDataset",
                new DatasetArgs(List.of(28, 28, 1)),
                "DigitModel",
                "lenet5",
                JsonNodeFactory.instance.objectNode(),
                args,
                true,
                PromotionPolicy.AUTO);
        List<TrainJob.Checkpoint> checkpoints = List.of(new TrainJob.Checkpoint(3, new ArtifactRef("a/b", "ff", 3)));
        return new TrainJob(1, KEY, 2, config, checkpoints, List.of(), AT, hold);
    }

    @Test
    void trainAndTestAreNeverSwapped() {
        golden(
                new TrainEvent.Succeeded(new TrainingResult(new Score(0.1, 0.99), new Score(0.2, 0.98)), null, null),
                "{'type':'succeeded','result':{'train':{'loss':0.1,'accuracy':0.99},'test':{'loss':0.2,'accuracy':0.98}}}");
    }

    @Test
    void trainerCommandsKeepTheirForm() {
        assertThat(text(new TrainControl(1, KEY, 2, TOKEN, TrainControl.Command.CANCEL, AT)))
                .isEqualTo(("{'v':1,'key':'00000000-0000-0000-0000-000000000001','attempt':2,"
                                + "'token':'00000000-0000-0000-0000-000000000002','command':'cancel',"
                                + "'at':'2026-01-02T03:04:05Z'}")
                        .replace('\'', '"'));
    }

    @Test
    void reportsOfPredictorsKeepTheirForm() throws Exception {
        String sha256 = "ab".repeat(32);
        ModelQuarantine quarantine = new ModelQuarantine(1, sha256, "M", 2, "predictor-1", "SIGFPE", "load", AT);
        String json = ("{'v':1,'sha256':'%s','name':'M','version':2,'predictor':'predictor-1',"
                        + "'cause':'SIGFPE','phase':'load','at':'2026-01-02T03:04:05Z'}")
                .formatted(sha256)
                .replace('\'', '"');
        assertThat(text(quarantine)).isEqualTo(json);
        assertThat(ModelQuarantine.read(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(quarantine);

        PredictorStatus status = new PredictorStatus(
                1,
                "predictor-1",
                100,
                50,
                List.of(new PredictorStatus.Problem("M", 2, "file_missing", "its file is gone.", AT)),
                AT);
        String reported = ("{'v':1,'predictor':'predictor-1','memory_limit':100,'memory_held':50,'problems':["
                        + "{'name':'M','version':2,'code':'file_missing','detail':'its file is gone.',"
                        + "'since':'2026-01-02T03:04:05Z'}],'at':'2026-01-02T03:04:05Z'}")
                .replace('\'', '"');
        assertThat(text(status)).isEqualTo(reported);
        assertThat(PredictorStatus.read(reported.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(status);
    }

    @Test
    void statusesOfTrainersKeepTheirForm() throws Exception {
        Accelerator gpu = new Accelerator(0, "GPU-a", "NVIDIA A100", "535.1", "8.0", 100L, 50L);
        TrainerStatus status = new TrainerStatus(1, "trainer-1", "cuda:0", List.of(gpu), null, AT, List.of("gpu"));
        String json = ("{'v':1,'trainer':'trainer-1','device':'cuda:0','accelerators':[{'index':0,'uuid':'GPU-a',"
                        + "'name':'NVIDIA A100','driver':'535.1','capability':'8.0','memory_total':100,"
                        + "'memory_free':50}],'at':'2026-01-02T03:04:05Z','pools':['gpu']}")
                .replace('\'', '"');
        assertThat(text(status)).isEqualTo(json);
        String earlier = json.replace(",\"pools\":[\"gpu\"]", "");
        assertThat(TrainerStatus.read(earlier.getBytes(StandardCharsets.UTF_8)).pools())
                .containsExactly("default");
        assertThat(TrainerStatus.read(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(status);
        assertThatThrownBy(() -> TrainerStatus.read("{\"v\":1,\"trainer\":\"t\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("without name, device or time");
    }

    @Test
    void modelMessagesToPredictorsKeepTheirForm() throws Exception {
        ArtifactRef onnx = new ArtifactRef("a/b", "ff", 3);
        assertThat(text(new ModelActivation(1, 5, "M", 2, onnx, AT)))
                .isEqualTo(("{'v':1,'move':5,'name':'M','version':2,'onnx':{'path':'a/b','sha256':'ff','size':3},"
                                + "'at':'2026-01-02T03:04:05Z'}")
                        .replace('\'', '"'));
        assertThat(text(new ModelVersion(1, "M", 2, onnx, true, AT)))
                .isEqualTo(("{'v':1,'name':'M','version':2,'onnx':{'path':'a/b','sha256':'ff','size':3},"
                                + "'warm':true,'at':'2026-01-02T03:04:05Z'}")
                        .replace('\'', '"'));
        ArtifactRef variant = new ArtifactRef("a/c", "ee", 2);
        assertThat(text(new ModelActivation(1, 5L, "M", 2, onnx, variant, AT)))
                .contains("'variant':{'path':'a/c','sha256':'ee','size':2}".replace('\'', '"'));
        assertThat(text(new ModelVersion(1, "M", 2, onnx, variant, true, AT)))
                .contains("'variant':{'path':'a/c','sha256':'ee','size':2}".replace('\'', '"'));
        assertThat(ModelVersion.key("M", 2)).isEqualTo("M/2");
        String before = text(new ModelActivation(1, 5, "M", 2, onnx, AT)).replace("\"move\":5,", "");
        assertThat(ModelActivation.read(before.getBytes(StandardCharsets.UTF_8)).move())
                .as("of a record from before moves were sent")
                .isZero();
    }

    @Test
    void repliesKeepTheirFormWithAndWithoutTrust() throws Exception {
        float[] half = {0.5f, 0.5f};
        String plain = "{\"v\":1,\"outcome\":{\"type\":\"answered\",\"model\":\"M\",\"version\":3,\"prediction\":1,"
                + "\"probabilities\":[0.5,0.5]%s}}";
        assertThat(text(new PredictReply(1, new PredictReply.Answered("M", 3, 1, half, null))))
                .isEqualTo(plain.formatted(""));
        assertThat(text(new PredictReply(
                        1,
                        new PredictReply.Answered(
                                "M", 3, 1, half, new PredictReply.Trust(new int[] {1}, false, 1.5, 2.5, new int[] {
                                    3, 0, 9
                                })))))
                .isEqualTo(
                        plain.formatted(
                                ",\"trust\":{\"prediction_set\":[1],\"outlier\":false,\"score\":1.5,\"threshold\":2.5,\"bins\":[3,0,9]}"));
        PredictReply older = WireJson.read(plain.formatted("").getBytes(StandardCharsets.UTF_8), PredictReply.class);
        assertThat(((PredictReply.Answered) older.outcome()).trust()).isNull();
    }

    @Test
    void repliesOfPredictorsKeepTheirForm() throws Exception {
        float[][] occlusion = {{0.5f}};
        PredictReply.Answered answered = new PredictReply.Answered("M", 3, 8, new float[] {0.25f, 0.75f}, null);
        String text = text(new PredictReply(1, new PredictReply.Explained(answered, new byte[] {1, 2}, occlusion)));
        assertThat(text)
                .isEqualTo(
                        ("{'v':1,'outcome':{'type':'explained','answered':{'type':'answered','model':'M','version':3,"
                                        + "'prediction':8,'probabilities':[0.25,0.75]},'picture':'AQI=','occlusion':[[0.5]]}}")
                                .replace('\'', '"'));
        PredictReply.Explained read =
                (PredictReply.Explained) WireJson.read(text.getBytes(StandardCharsets.UTF_8), PredictReply.class)
                        .outcome();
        assertThat(read.image()).containsExactly(1, 2);
        assertThat(read.answered().prediction()).isEqualTo(8);
        assertThat(text(new PredictReply(1, new PredictReply.InputImage(new byte[] {1, 2}))))
                .isEqualTo("{'v':1,'outcome':{'type':'pictured','picture':'AQI='}}".replace('\'', '"'));
    }

    @Test
    void unknownFieldsAreIgnoredAndInvalidJsonIsRejected() throws Exception {
        byte[] later = text(event(new TrainEvent.Heartbeat()))
                .replace("\"v\":1", "\"v\":1,\"new\":true")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(WireJson.read(later, TrainEvent.class)).isEqualTo(event(new TrainEvent.Heartbeat()));
        assertThatThrownBy(() -> WireJson.read("{".getBytes(), TrainEvent.class))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> WireJson.read("null".getBytes(), TrainEvent.class))
                .isInstanceOf(MalformedMessageException.class);
    }

    private static void golden(TrainEvent.Fact fact, String json) {
        String whole = ("{'v':1,'key':'00000000-0000-0000-0000-000000000001','attempt':2,"
                        + "'token':'00000000-0000-0000-0000-000000000002','sequence':3,'worker':'w',"
                        + "'at':'2026-01-02T03:04:05Z','fact':" + json + "}")
                .replace('\'', '"');
        assertThat(text(event(fact))).isEqualTo(whole);
        try {
            assertThat(WireJson.read(whole.getBytes(StandardCharsets.UTF_8), TrainEvent.class))
                    .isEqualTo(event(fact));
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    private static TrainEvent event(TrainEvent.Fact fact) {
        return new TrainEvent(1, KEY, 2, TOKEN, 3, "w", AT, fact);
    }

    private static String text(Object message) {
        return new String(WireJson.write(message), StandardCharsets.UTF_8);
    }
}
