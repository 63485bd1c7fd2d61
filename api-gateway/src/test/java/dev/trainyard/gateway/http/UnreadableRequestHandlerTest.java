package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are rejected before any handler get a problem with a request id. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class UnreadableRequestHandlerTest {
    private static final String END = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String POST =
            "POST /api/v1/train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    @TestHTTPResource("/")
    URI server;

    /** The handler is added just after the server started. */
    @BeforeEach
    void waitForTheConnections() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !RawHttp.ask(server, "GET /%" + END).body().isEmpty());
    }

    private static Map<String, Integer> requests() {
        Map<String, Integer> all = new LinkedHashMap<>();
        for (String target : List.of(
                "/api/v1/train?key=%",
                "/api/v1/train?key=%4",
                "/api/v1/train?key=%zz",
                "/api/v1/train?key=a|b",
                "/api/v1/train?key=%ff",
                "/api/v1/train?key=%c3",
                "/api/v1/train?key=\u00e9",
                "/api/v1/train/%zz",
                "/api/v1/train/%",
                "/api/v1/train/%ff",
                "/api/v1/train/%c0%af",
                "/app/%00.js",
                "/q/health/a%0ab",
                "/api/v1/train/a;x=1",
                "/api/v1/train;x=1",
                "/api/v1/train%3bx=1",
                "/api/v1/train/a%2fevents",
                "/api/v1/train/a%2Fevents",
                "/api/v1/train/a%5cb",
                "/api/v1/train/a\\b",
                "/api/v1/./train",
                "/api/v1/x/../train",
                "/api/v1/%2e%2e/v1/train",
                "/api/v1/%2E/train",
                "/app/main%2ejs",
                "/api/v1/models/%00",
                "/api/v1/x/..%252f..%252ftrain",
                "/api/v1/%252e%252e/train",
                "/api/v1/train%253bx=1",
                "/q/health/%255c..%255cmetrics",
                "/api/v1/models/%2500",
                "http://localhost/api/v1/x/..%2ftrain",
                "http://localhost/q/health;/../metrics",
                "http://localhost?x=/api/v1/train",
                "http://user@localhost/api/v1/train",
                "http:///api/v1/train",
                "/api/v1/train#x",
                "/v2/models/%zz",
                "/v2/models/a%2fb",
                "/q/health%",
                "/%zz",
                "*",
                "train",
                "ftp://localhost/api/v1/train")) {
            all.put("GET " + target + END, 400);
        }
        all.put("HEAD /api/v1/train?key=%" + END, 400);
        all.put("GET /api/v1/train?key=" + "a".repeat(10_000) + END, 414);
        all.put("GET /v2/models/" + "a".repeat(10_000) + END, 414);
        all.put("GET /api/v1/train HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n", 431);
        all.put("GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n", 431);
        for (String header :
                List.of("X Y: a", "X: a\u0000b", "no colon", "X\u0000: a", "Content-Length: x", "Content-Length: -1")) {
            all.put("GET /api/v1/train HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n", 400);
        }
        for (String framing : List.of(
                "Content-Length: 2\r\nContent-Length: 3",
                "Content-Length: 2\r\nContent-Length: 2",
                "Content-Length: 2, 2",
                "Content-Length: 99999999999999999999",
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: gzip, chunked")) {
            all.put(POST + framing + "\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400);
        }
        all.put(POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400);
        all.put("POST /api/v1/predict/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n", 413);
        all.put("GET /api/v1/train HTTP/1.1\r\n\r\n", 400);
        all.put("GET /api/v1/train HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400);
        for (String version : List.of("HTTP/9.9", "HTTP/2.0", "HTTP/0.9", "FOO/1.1")) {
            all.put("GET /api/v1/train " + version + "\r\nHost: localhost\r\n\r\n", 505);
        }
        all.put("GET /api/v1/train\r\nHost: localhost\r\n\r\n", 400);
        all.put("GET \r\n\r\n", 400);
        all.put("\u0001\u0002\u0003 garbage\r\n\r\n", 400);
        all.put("\u0016\u0003\u0001 as TLS begins\r\n\r\n", 400);
        return all;
    }

    @Test
    void everyUnreadableRequestGetsAProblem() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (Map.Entry<String, Integer> one : requests().entrySet()) {
            String request = one.getKey();
            String name = request.length() > 160 ? request.substring(0, 160) : request;
            try (RawHttp connection = new RawHttp(server)) {
                connection.send(request);
                RawHttp.Response answer = connection.answer(!request.startsWith("HEAD "));
                all.assertThat(answer.status()).as(name).isEqualTo(one.getValue());
                // the path of an unreadable request line is unknown
                boolean pathUnknown = answer.body().contains("\"instance\":\"/\"");
                ResponseAssertions.isProblem(all, pathUnknown ? "GET /" : request, answer);
                ResponseAssertions.hasSecurityHeaders(all, name, answer);
                all.assertThat(connection.isClosed()).as("closed after " + name).isTrue();
            }
        }
        all.assertAll();
    }

    @Test
    void theClientsRequestIdIsReturned() throws Exception {
        String request = "GET /api/v1/train?key=% HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine\r\n\r\n";
        RawHttp.Response answer = RawHttp.ask(server, request);
        assertThat(answer.header("X-Request-Id")).isEqualTo("mine");
        assertThat(answer.body()).contains("\"request_id\":\"mine\"").contains("\"instance\":\"/api/v1/train\"");
    }

    @Test
    void earlierRequestsAreAnsweredFirstAndLaterOnesNotAtAll() throws Exception {
        String good = "GET /api/v1/train?limit=1" + END;
        try (RawHttp connection = new RawHttp(server)) {
            connection.send(good + good + "GET /api/v1/train?key=%" + END + good);
            assertThat(connection.answer(true).status()).isEqualTo(200);
            assertThat(connection.answer(true).status()).isEqualTo(200);
            assertThat(connection.answer(true).status()).isEqualTo(400);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aRejectedRequestWithoutABodyLeavesItsConnectionOpen() throws Exception {
        try (RawHttp connection = new RawHttp(server)) {
            connection.send("DELETE /q/health/live" + END);
            assertThat(connection.answer(true).status()).isEqualTo(405);
            connection.send("HEAD /q/health/live" + END);
            assertThat(connection.answer(false).status()).isEqualTo(200);
            connection.send("GET /q/health/live" + END);
            assertThat(connection.answer(true).status()).isEqualTo(200);
        }
    }

    /** Each request uses memory until it is answered. */
    @Test
    void theNumberOfUnansweredRequestsIsLimited() throws Exception {
        String good = "GET /api/v1/train?limit=1" + END;
        try (RawHttp connection = new RawHttp(server)) {
            connection.send(good.repeat(1_000));
            int answered = 0;
            RawHttp.Response answer = connection.answer(true);
            for (; answer.status() == 200; answer = connection.answer(true)) {
                answered++;
            }
            assertThat(answered).isBetween(UnreadableRequestHandler.MAX_UNANSWERED, 999);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void requestsBehindAStreamThatDoesNotEndAreNotCollected() throws Exception {
        try (RawHttp connection = new RawHttp(server)) {
            connection.send(
                    "GET /api/v1/train/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
            assertThat(connection.answer(false).status()).isEqualTo(200);
            connection.send(("GET /api/v1/train?limit=1" + END).repeat(1_000));
            await().atMost(Duration.ofSeconds(30)).until(connection::isClosedAfterTheRest);
        }
    }

    /** Unread data would reset the connection before the client reads the response. */
    @Test
    void theResponseArrivesAlthoughTheBodyIsNotRead() throws Exception {
        String body = "x".repeat(4_000_000);
        String request = "POST /api/v1/predict?model=% HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        for (int again = 0; again < 10; again++) {
            assertThat(RawHttp.ask(server, request).status()).isEqualTo(400);
        }
    }

    @Test
    void readableRequestsAreServed() throws Exception {
        for (String target : List.of(
                "/api/v1/train?model=a%20b",
                "/api/v1/train?model=%C3%A9",
                "/api/v1/train?model=a/b;c",
                "http://localhost/api/v1/train",
                "HTTP://localhost/api/v1/train?limit=1")) {
            assertThat(RawHttp.ask(server, "GET " + target + END).status())
                    .as(target)
                    .isEqualTo(200);
        }
        assertThat(RawHttp.ask(server, "GET /api/v1/models/100%25" + END).status())
                .isEqualTo(404);
        String chunked = POST + "Transfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        assertThat(RawHttp.ask(server, chunked).status()).isEqualTo(422);
        assertThat(RawHttp.ask(server, "GET /q/health/live HTTP/1.0\r\n\r\n").status())
                .as("health checks of containers")
                .isEqualTo(200);
    }
}
