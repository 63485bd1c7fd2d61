package dev.trainyard.gateway.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ActiveRequestLimiterTest {
    private static final String JOB = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "network_args":{"layer_size":8,"num_layers":1},"train_args":{"batch_size":32,"epochs":1}}""";

    /** More requests than one client may have in progress. */
    private static final int REQUESTS = 4 * Math.max(2, Runtime.getRuntime().availableProcessors());

    @TestHTTPResource
    URI gateway;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void requestsThatWaitForEventsDoNotCountAsActive() {
        String key = given().contentType("application/json")
                .body(JOB)
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            waiting.add(send("/api/v1/train/" + key + "?wait=25", HttpResponse.BodyHandlers.discarding()));
            for (String stream : List.of("/api/v1/train/" + key + "/events", "/api/v1/train/events")) {
                send(stream, HttpResponse.BodyHandlers.ofInputStream());
            }
        }

        given().get("/api/v1/train/" + key).then().statusCode(200);
        assertThat(waiting).as("still waiting").noneMatch(CompletableFuture::isDone);

        given().post("/api/v1/train/" + key + "/cancel").then().statusCode(200);
    }

    private <T> CompletableFuture<HttpResponse<T>> send(String path, HttpResponse.BodyHandler<T> handler) {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return client.sendAsync(request, handler);
    }
}
