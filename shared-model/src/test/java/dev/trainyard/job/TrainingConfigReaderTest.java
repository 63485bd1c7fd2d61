package dev.trainyard.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.message.WireJson;
import dev.trainyard.validation.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingConfigReaderTest {
    private static final String SEED = """
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28,1]},"model":"DigitModel","network":"lenet5",\
            "network_args":{},"train_args":{"batch_size":32,"epochs":10},"save_weights":true}""";

    @Test
    void theExampleConfigurationIsValidAndCompleted() throws Exception {
        TrainingConfig config = valid(SEED);
        assertThat(config.network()).isEqualTo("lenet5");
        assertThat(config.trainArgs()).isEqualTo(new TrainArgs(32, 10, 0.001, Optimizer.ADAM, 42, 0.1));
        assertThat(config.saveWeights()).isTrue();
        assertThat(config.promote()).isEqualTo(PromotionPolicy.AUTO);
    }

    @Test
    void datasetArgsAreOptionalAndMlpAcceptsItsArguments() throws Exception {
        valid("""
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "network_args":{"num_layers":2,"layer_size":64,"activation":"elu","dropout_amount":0},
             "train_args":{"batch_size":1,"epochs":1,"optimizer":"sgd","learning_rate":0.1,"seed":-1,"validation_split":0}}""");
        valid("""
            {"dataset":"MnistDataset","dataset_args":{"image_size":[28,28]},"model":"DigitModel","network":"mlp",
             "network_args":{"layer_sizes":[300,100]},"train_args":{"batch_size":32,"epochs":1}}""");
    }

    @ParameterizedTest
    @CsvSource({"10,", "11,11", "1000,1000"})
    void theScheduleHasAtLeastTheEpochsOfTheJob(int json, @Nullable Integer schedule) throws Exception {
        TrainArgs args = valid(SEED.replace("\"epochs\":10", "\"epochs\":10,\"schedule_epochs\":" + json))
                .trainArgs();
        assertThat(args.scheduleEpochs()).isEqualTo(schedule);
        assertThat(args.decayEpochs()).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9|must be at least epochs, which is 10",
                "0|must be a whole number from 1 to 1000, not 0",
                "1001|must be a whole number from 1 to 1000, not 1001",
                "null|must be a whole number from 1 to 1000, not null",
                "10.5|must be a whole number from 1 to 1000, not 10.5"
            })
    void anyOtherScheduleIsRefused(String json, String why) throws Exception {
        List<Violation> violations =
                violations(SEED.replace("\"epochs\":10", "\"epochs\":10,\"schedule_epochs\":" + json));
        assertThat(violations).containsExactly(new Violation("/train_args/schedule_epochs", why));
    }

    @ParameterizedTest
    @CsvSource({"'\"low\"',25", "'\"normal\"',50", "'\"high\"',75", "0,0", "100,100", "33,33"})
    void thePriorityIsANameOrANumber(String json, int priority) throws Exception {
        TrainingConfigReader.Outcome outcome = TrainingConfigReader.read(
                new ObjectMapper().readTree(SEED.strip().replaceFirst("^\\{", "{\"priority\":" + json + ",")));
        assertThat(((TrainingConfigReader.Valid) outcome).priority()).isEqualTo(priority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "101", "50.5", "1e999", "null", "\"urgent\"", "\"50\"", "\"HIGH\"", "[75]", "true"})
    void anyOtherPriorityIsRefused(String json) throws Exception {
        List<Violation> violations = violations(SEED.strip().replaceFirst("^\\{", "{\"priority\":" + json + ","));
        assertThat(violations).extracting(Violation::pointer).containsExactly("/priority");
        assertThat(detail(violations, "/priority")).contains("low, normal or high", "0 to 100");
    }

    @Test
    void allErrorsAreReportedTogether() throws Exception {
        List<Violation> violations = violations("""
            {"dataset":"MnistDatset","dataset_args":{"image_size":[32,32]},"model":1,"network":"lenet",
             "train_args":{"batch_size":0,"epochs":"ten","optimiser":"adam"},"save_weights":"yes","extra":1}""");
        assertThat(violations)
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder(
                        "/dataset",
                        "/dataset_args/image_size",
                        "/model",
                        "/network",
                        "/train_args/batch_size",
                        "/train_args/epochs",
                        "/train_args/optimiser",
                        "/save_weights",
                        "/extra");
        assertThat(detail(violations, "/dataset")).contains("MnistDataset").containsIgnoringCase("did you mean");
        assertThat(detail(violations, "/network")).contains("lenet5").containsIgnoringCase("did you mean");
        assertThat(detail(violations, "/train_args/optimiser")).contains("optimizer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lenet5 | {\"dropout_amount\":0.1}                   | /network_args/dropout_amount",
                "mlp    | {\"activation\":\"rellu\"}                 | /network_args/activation",
                "mlp    | {\"layer_sizes\":[0]}                      | /network_args/layer_sizes/0",
                "mlp    | {\"layer_sizes\":[]}                       | /network_args/layer_sizes",
                "mlp    | {\"layer_sizes\":[10],\"num_layers\":1}    | /network_args/num_layers",
                "mlp    | {\"dropout_amount\":1}                     | /network_args/dropout_amount",
                "mlp    | []                                         | /network_args"
            })
    void argumentsThatTheNetworkDoesNotTakeAreErrors(String network, String args, String pointer) throws Exception {
        List<Violation> violations = violations(SEED.replace("lenet5", network).replace("{}", args));
        assertThat(violations).extracting(Violation::pointer).containsExactly(pointer);
    }

    @ParameterizedTest
    @CsvSource({
        "batch_size, 1.5",
        "batch_size, 8193",
        "batch_size, null",
        "batch_size, 1e3",
        "epochs, 0",
        "epochs, 1001",
        "epochs, 99999999999"
    })
    void numbersOutOfRangeOrOfAnotherTypeAreErrors(String field, String value) throws Exception {
        String json = SEED.replaceAll("\"" + field + "\":\\d+", "\"" + field + "\":" + value);
        assertThat(violations(json)).extracting(Violation::pointer).containsExactly("/train_args/" + field);
    }

    @Test
    void anArgumentOfAnotherNetworkIsReportedAsSuch() throws Exception {
        List<Violation> violations = violations(SEED.replace("{}", "{\"layer_size\":1,\"bogus\":2}"));
        assertThat(detail(violations, "/network_args/layer_size"))
                .isEqualTo("is an argument of mlp, not of lenet5; leave it out");
        assertThat(detail(violations, "/network_args/bogus")).startsWith("is not known here");
    }

    @ParameterizedTest
    @CsvSource({"vector", "dl4j", "libtorch"})
    void anEngineMayBeRequired(String engine) throws Exception {
        TrainingConfig config =
                valid(SEED.replace("\"save_weights\"", "\"engine\":\"%s\",\"save_weights\"".formatted(engine)));
        assertThat(config.engine()).isEqualTo(engine);
        assertThat(new String(WireJson.write(config), StandardCharsets.UTF_8))
                .contains("\"engine\":\"%s\"".formatted(engine));
    }

    @Test
    void theWorkersChoiceOfAnEngineIsNotWrittenForOlderWorkers() throws Exception {
        TrainingConfig config = valid(SEED.replace("\"save_weights\"", "\"engine\":\"auto\",\"save_weights\""));
        assertThat(config).isEqualTo(valid(SEED));
        assertThat(new String(WireJson.write(config), StandardCharsets.UTF_8)).doesNotContain("engine");
    }

    @Test
    void anUnknownEngineIsAnErrorThatNamesTheKnownOnes() throws Exception {
        List<Violation> violations =
                violations(SEED.replace("\"save_weights\"", "\"engine\":\"dl4\",\"save_weights\""));
        assertThat(violations).extracting(Violation::pointer).containsExactly("/engine");
        assertThat(detail(violations, "/engine"))
                .startsWith("must be one of auto, vector, dl4j, libtorch, not \"dl4\"");
    }

    @Test
    void missingFieldsAreReported() throws Exception {
        assertThat(violations("{}"))
                .extracting(Violation::pointer)
                .contains("/dataset", "/model", "/network", "/train_args");
        assertThat(violations("[]")).extracting(Violation::pointer).containsExactly("");
    }

    private static String detail(List<Violation> violations, String pointer) {
        return violations.stream()
                .filter(v -> v.pointer().equals(pointer))
                .findFirst()
                .orElseThrow()
                .detail();
    }

    private static TrainingConfig valid(String json) throws Exception {
        TrainingConfigReader.Outcome outcome = TrainingConfigReader.read(new ObjectMapper().readTree(json));
        assertThat(outcome).isInstanceOf(TrainingConfigReader.Valid.class);
        return ((TrainingConfigReader.Valid) outcome).config();
    }

    private static List<Violation> violations(String json) throws Exception {
        TrainingConfigReader.Outcome outcome = TrainingConfigReader.read(new ObjectMapper().readTree(json));
        assertThat(outcome).isInstanceOf(TrainingConfigReader.Invalid.class);
        return ((TrainingConfigReader.Invalid) outcome).violations();
    }
}
