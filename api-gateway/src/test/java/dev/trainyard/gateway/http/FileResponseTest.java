package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Model files are sent directly from the disk. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class FileResponseTest {
    private static final String FILE = "/api/v1/models/DigitModel/versions/1/model.onnx";
    private static final String END = " HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TestHTTPResource("/")
    URI server;

    @Test
    void filesHaveHeadersAndHeadReturnsOnlyThose() throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> RawHttp.ask(server, "HEAD " + FILE + END).status() == 200);
        try (RawHttp connection = new RawHttp(server)) {
            connection.send("HEAD " + FILE + END + "GET " + FILE + END + "GET /q/health/live" + END);
            RawHttp.Response head = connection.answer(false);
            RawHttp.Response file = connection.answer(true);
            RawHttp.Response next = connection.answer(true);
            for (RawHttp.Response answer : new RawHttp.Response[] {head, file}) {
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
                assertThat(answer.header("Content-Disposition")).contains("DigitModel-1.onnx");
                assertThat(answer.header("ETag")).matches("\"[0-9a-f]{64}\"");
                assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            }
            assertThat(head.header("Content-Length")).isEqualTo(file.header("Content-Length"));
            assertThat(Integer.parseInt(file.header("Content-Length"))).isGreaterThan(10_000);
            assertThat(next.status()).isEqualTo(200);
        }
    }
}
