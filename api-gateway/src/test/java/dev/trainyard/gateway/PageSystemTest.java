package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** The system page shows what needs an operator's attention; the test modifies the gateway's response. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageSystemTest extends BrowserTestBase {
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void startingWorkersQuarantinedModelsAndAFullDiskAreShown() throws Exception {
        ObjectNode system = (ObjectNode) json.readTree(get("/api/v1/system").asString());
        system.set("workers", json.readTree("""
                [{"name":"trainer-1","kind":"trainer","state":"starting","last_heartbeat":null,"running":null}]"""));
        system.set("quarantined", json.readTree("""
                [{"name":"Theirs","version":3,"sha256":"ab","predictor":"predictor-1","cause":"SIGFPE","phase":"run",
                  "at":"2026-01-31T08:00:00Z"}]"""));
        system.set("model_problems", json.readTree("""
                [{"predictor":"predictor-1","name":"Theirs","version":2,"code":"file_missing",
                  "detail":"models/x.onnx is not there","since":"2026-01-31T08:00:00Z"}]"""));
        system.set("accelerators", json.readTree("""
                [{"trainer":"trainer-1","index":0,"name":"NVIDIA H200","driver":"570.86.15","compute_capability":"9.0",
                  "memory_total":150754820096,"memory_free":null,"used":false}]"""));
        system.set(
                "device_problems",
                json.readTree("[{\"trainer\":\"trainer-1\",\"problem\":\"GPU 0 is too new for the engine dl4j.\"}]"));
        system.set("disk", json.readTree("""
                {"refusing":true,"refuse_below":500000000,"accept_above":700000000,
                 "disks":[{"folder":"/var/lib/trainyard","free":400000000,"total":80000000000}]}"""));
        String body = json.writeValueAsString(system);
        for (int width : new int[] {BrowserSession.WIDE, BrowserSession.PHONE}) {
            try (BrowserSession visit = visit(width, ColorScheme.LIGHT)) {
                visit.page.route(
                        "**/api/v1/system",
                        route -> route.fulfill(new Route.FulfillOptions()
                                .setContentType("application/json")
                                .setBody(body)));
                visit.go("/system")
                        .sees(".chip", "starting")
                        .sees("td a", "Theirs 3")
                        .sees("td", "SIGFPE")
                        .sees("td", "file missing: models/x.onnx is not there")
                        .sees("td", "0: NVIDIA H200")
                        .sees("td", "150.8 GB")
                        .sees(".notice", "trains on the processor: GPU 0 is too new for the engine dl4j.")
                        .sees("#disk-full", "less than 500.0 MB free")
                        .sees("td", "80.0 GB");
                assertThat(visit.overflow()).isZero();
                assertThat(visit.accessibilityViolations()).isEmpty();
                visit.fullPageScreenshot("system-alerts-" + width);
            }
        }
    }
}
