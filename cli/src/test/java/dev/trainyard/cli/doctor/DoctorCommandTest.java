package dev.trainyard.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandLineRun;
import dev.trainyard.cli.FakeGateway;
import dev.trainyard.cli.json.Json;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DoctorCommandTest {
    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void reportsTheStateOfTheGateway() {
        gateway.on("GET /api/v1/models/DigitModel", 200, "{\"production\":4}")
                .on("GET /api/v1/train?limit=500&status=training_in_progress", 200, "{\"jobs\":[]}")
                .on("GET /api/v1/train?limit=500&status=queued", 200, "{\"jobs\":[{},{}]}")
                .on("GET /api/v1/dead-letters?limit=100", 200, "{\"dead_letters\":[{}]}")
                .on(
                        "GET /api/v1/system",
                        200,
                        "{\"unsent\":{\"waiting\":0,\"quarantined\":2},\"stopped\":[{\"topic\":\"train.events\","
                                + "\"partition\":3,\"offset\":7,\"reason\":\"TrainEvent of version 3\"}]}");
        JsonNode checks = Json.read(
                        CommandLineRun.at(gateway, "doctor", "--json").out())
                .orElseThrow()
                .path("checks");
        assertThat(state(checks, "Gateway")).isEqualTo("ok");
        assertThat(state(checks, "Model")).isEqualTo("ok");
        assertThat(state(checks, "Jobs")).isEqualTo("warning");
        assertThat(state(checks, "Dead letters")).isEqualTo("warning");
        assertThat(state(checks, "Refused records")).isEqualTo("warning");
        assertThat(state(checks, "Releases")).isEqualTo("warning");
    }

    @Test
    void aStartingWorkerIsAWarning() {
        gateway.on("GET /api/v1/models/DigitModel", 200, "{\"production\":1}").on("GET /api/v1/system", 200, """
                {"workers":[{"name":"predictor-1","kind":"predictor","state":"serving"},
                            {"name":"trainer-1","kind":"trainer","state":"starting"}],"trouble":null}""");
        CommandLineRun run = CommandLineRun.at(gateway, "doctor");
        assertThat(run.out())
                .containsPattern("warning +Workers: predictor-1 ready; still starting: trainer-1")
                .containsPattern("warning +Jobs: nothing here");
        assertThat(CommandLineRun.at(gateway, "doctor", "--json").out()).contains("still starting: trainer-1");
    }

    @Test
    void unservedModelsAreWarnings() {
        gateway.on("GET /api/v1/models/DigitModel", 410, "{\"detail\":\"All versions were deleted.\"}")
                .on("GET /api/v1/system", 200, """
                        {"workers":[],"trouble":null,
                         "quarantined":[{"name":"Bad","version":2,"predictor":"predictor-1","cause":"SIGFPE"}],
                         "model_problems":[{"predictor":"predictor-2","name":"Lost","version":3,"code":"file_missing",
                                            "detail":"its file is gone."}]}""");
        assertThat(CommandLineRun.at(gateway, "doctor").out())
                .containsPattern("warning +Model: none is in production")
                .containsPattern("warning +Models: Bad version 2 is quarantined: predictor-1 crashed with SIGFPE")
                .containsPattern("warning +Models: predictor-2 cannot serve Lost version 3: its file is gone.");
    }

    @Test
    void gpusAreListedAndThoseThatATrainerCannotUseAreWarnings() {
        gateway.on("GET /api/v1/models/DigitModel", 200, "{\"production\":1}").on("GET /api/v1/system", 200, """
                {"workers":[],"trouble":null,
                 "accelerators":[
                   {"trainer":"trainer-1","index":0,"name":"NVIDIA A100","driver":"535.1","compute_capability":"8.0",
                    "memory_total":85899345920,"memory_free":42949672960,"used":true},
                   {"trainer":"trainer-2","index":1,"name":"NVIDIA H200 MIG","driver":"535.1","compute_capability":null,
                    "memory_total":null,"memory_free":null,"used":false}],
                 "device_problems":[{"trainer":"trainer-2","problem":"GPU 1 is too new; use the engine libtorch."}]}""");
        assertThat(CommandLineRun.at(gateway, "doctor").out())
                .containsPattern("ok +Accelerator: GPU 0 of trainer-1: NVIDIA A100, 80.0 GiB, 40.0 GiB free, "
                        + "driver 535.1, compute capability 8.0, used")
                .containsPattern("ok +Accelerator: GPU 1 of trainer-2: NVIDIA H200 MIG, memory unknown, driver 535.1, "
                        + "compute capability unknown, not used")
                .containsPattern("warning +Accelerator: trainer-2 trains on the processor")
                .contains("GPU 1 is too new; use the engine libtorch.");
    }

    @Test
    void aNamedGatewayThatDoesNotAnswerIsBroken() {
        String url = gateway.url();
        gateway.stop();
        CommandLineRun run = CommandLineRun.of("doctor", "--server", url);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).containsPattern("broken +Gateway: No gateway answers at " + url);
        JsonNode document = Json.read(
                        CommandLineRun.of("doctor", "--json", "--server", url).out())
                .orElseThrow();
        assertThat(document.path("works").isBoolean()).isTrue();
        assertThat(document.path("works").booleanValue()).isFalse();
    }

    private static String state(JsonNode checks, String name) {
        return StreamSupport.stream(checks.spliterator(), false)
                .filter(check -> check.path("name").asText().equals(name))
                .map(check -> check.path("state").asText())
                .findFirst()
                .orElseThrow();
    }
}
