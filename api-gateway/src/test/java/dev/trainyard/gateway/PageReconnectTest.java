package dev.trainyard.gateway;

import static dev.trainyard.gateway.SampleJobs.config;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The web page while its event streams are interrupted, and after they reconnect. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class PageReconnectTest extends BrowserTestBase {
    private static final String LINES = "**/events";

    @Test
    void withoutAnEventStreamThePagePolls() {
        String key = scene.submitted(config("mlp", 2, 9));
        try (BrowserSession visit = visit()) {
            visit.page.route(LINES, route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
            visit.go("/jobs/" + key).sees(".chip", "queued");
            post("/api/v1/train/" + key + "/cancel").then().statusCode(200);
            visit.sees(".chip", "cancelled");
            visit.forgives("Failed to load");
        }
    }

    @Test
    void aBrokenEventStreamIsReopened() {
        String key = scene.submitted(config("mlp", 2, 10));
        AtomicInteger tries = new AtomicInteger();
        try (BrowserSession visit = visit()) {
            visit.page.route(LINES, route -> {
                if (tries.getAndIncrement() < 4) {
                    route.abort();
                } else {
                    route.resume();
                }
            });
            visit.page
                    .waitForResponse(
                            "**/train/events", () -> visit.go("/jobs/" + key).sees(".chip", "queued"))
                    .statusText(); // headers, so the line is open
            post("/api/v1/train/" + key + "/pause").then().statusCode(200);
            visit.sees(".chip", "paused");
            assertThat(tries.get()).isGreaterThan(4);
            visit.forgives("Failed to load");
        }
    }
}
