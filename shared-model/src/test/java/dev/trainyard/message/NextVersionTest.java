package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.job.FailureCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of the next release are readable; those of later releases are left to later readers. */
class NextVersionTest {
    private static final String KEY = "00000000-0000-0000-0000-000000000001";
    private static final String ONNX = "{'path':'a/b','sha256':'ff','size':3,'new':1}";

    @Test
    void aJobOfTheNextVersionIsReadWithoutItsNewFields() throws Exception {
        TrainJob job = WireJson.read(job(2, "adam"), TrainJob.class);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.config().trainArgs().epochs()).isEqualTo(3);
    }

    @Test
    void eventsOrdersModelsAndRepliesOfTheNextVersionAreRead() throws Exception {
        assertThat(event(2, "{'type':'heartbeat','new':[1,{'a':2}]}").fact()).isInstanceOf(TrainEvent.Heartbeat.class);
        assertThat(TrainControl.read(bytes("{'v':2,'key':'%s','attempt':1,'command':'cancel','new':1}".formatted(KEY)))
                        .command())
                .isEqualTo(TrainControl.Command.CANCEL);
        assertThat(ModelActivation.read(bytes("{'v':2,'name':'M','version':2,'onnx':%s,'new':{}}".formatted(ONNX)))
                        .version())
                .isEqualTo(2);
        assertThat(ModelVersion.read(
                                bytes("{'v':2,'name':'M','version':2,'onnx':%s,'warm':true,'new':0}".formatted(ONNX)))
                        .warm())
                .isTrue();
        assertThat(PredictReply.read(bytes("{'v':2,'outcome':{'type':'rejected','message':'no','new':1},'new':1}"))
                        .outcome())
                .isEqualTo(new PredictReply.Rejected("no"));
    }

    @Test
    void metadataOfTheNextVersionIsRead() {
        assertThatThrownBy(() -> WireJson.read(bytes("{'v':3,'model':'M'}"), ModelMetadata.class, ModelMetadata::v))
                .isInstanceOf(NewerVersionException.class);
    }

    @Test
    void unknownValuesAreMappedToKnownOnes() throws Exception {
        assertThat(((TrainEvent.Failed) event(2, "{'type':'failed','code':'gpu_on_fire','message':'hot'}")
                                .fact())
                        .code())
                .isEqualTo(FailureCode.INTERNAL_ERROR);
        assertThat(event(2, "{'type':'warmed_up','seconds':3}").fact()).isInstanceOf(TrainEvent.Unknown.class);
        assertThat(TrainControl.read(bytes("{'v':2,'key':'%s','attempt':1,'command':'slow_down'}".formatted(KEY)))
                        .command())
                .isEqualTo(TrainControl.Command.UNKNOWN);
        PredictReply reply =
                PredictReply.read(bytes("{'v':2,'outcome':{'type':'unavailable','reason':'asleep','message':'z'}}"));
        assertThat(((PredictReply.Unavailable) reply.outcome()).reason()).isEqualTo(PredictReply.Reason.INTERNAL_ERROR);
    }

    @Test
    void aJobWithUnknownValuesIsLeftToTheNextRelease() {
        assertThatThrownBy(() -> WireJson.read(job(2, "lion"), TrainJob.class))
                .isInstanceOf(NewerVersionException.class)
                .hasMessageContaining("lion");
        assertThatThrownBy(() -> WireJson.read(job(1, "lion"), TrainJob.class))
                .as("of this version, which has no such value")
                .isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'v':3}", "{'v':99,'key':'k'}", "{'v':3,'key':7,'fact':[]}", "{'v':4000000000}"})
    void aLaterVersionIsUnsupportedRatherThanMalformed(String json) {
        for (Class<? extends Versioned> type : List.of(
                TrainJob.class,
                TrainEvent.class,
                TrainControl.class,
                ModelActivation.class,
                ModelVersion.class,
                PredictReply.class)) {
            assertThatThrownBy(() -> WireJson.read(bytes(json), type))
                    .isInstanceOf(NewerVersionException.class)
                    .hasMessageContaining(type.getSimpleName())
                    .hasMessageContaining("reads versions 1 to 2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'v':0}", "{'v':-1}", "{'v':'x'}", "{'v':null}", "[]", "3", "{'v':2,'key':[]}"})
    void aMessageWithoutAVersionIsMalformed(String json) {
        assertThatThrownBy(() -> WireJson.read(bytes(json), TrainEvent.class))
                .isInstanceOf(MalformedMessageException.class);
    }

    private static TrainEvent event(int version, String fact) throws MalformedMessageException {
        return WireJson.read(
                bytes(("{'v':%d,'key':'%s','attempt':1,'token':'%s','sequence':0,'worker':'w',"
                                + "'at':'2026-01-02T03:04:05Z','new':true,'fact':%s}")
                        .formatted(version, KEY, KEY, fact)),
                TrainEvent.class);
    }

    private static byte[] job(int version, String optimizer) {
        return bytes(("{'v':%d,'key':'%s','attempt':1,'new':1,'config':{'dataset':'MnistDataset','network':'mlp',"
                        + "'network_args':{},'model':'DigitModel','new':1,'train_args':{'batch_size':1,'epochs':3,"
                        + "'learning_rate':0.1,'optimizer':'%s','seed':1,'validation_split':0,'new':1},"
                        + "'save_weights':true},'checkpoints':[],'history':[]}")
                .formatted(version, KEY, optimizer));
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
