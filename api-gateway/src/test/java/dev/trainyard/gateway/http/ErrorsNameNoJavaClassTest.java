package dev.trainyard.gateway.http;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Error messages for bad input do not contain names of Java classes. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class ErrorsNameNoJavaClassTest {
    private static final Pattern JAVA = Pattern.compile(
            "java[.x]|com\\.fasterxml|io\\.(quarkus|vertx|netty)|org\\.(jboss|apache|postgresql|jdbi)|dev\\.trainyard"
                    + "|jakarta|Exception|Source: |REDACTED|StreamRead|JsonToken|[a-z]\\(\\)");

    private static final List<String> JSON = List.of(
            "",
            "{",
            "[",
            "]",
            "nul",
            "'a'",
            "{\"a\":1",
            "{\"a\":1,\"a\":2}",
            "{\"a\" 1}",
            "{} {}",
            "{\"a\":1e99999}",
            "{\"a\":NaN}",
            "{\"a\":\"\u0001\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":00}",
            "{\"a\":" + "[".repeat(1500),
            "{\"a\":" + "1".repeat(1500) + "}",
            "{\"" + "a".repeat(60_000) + "\":1}",
            "{\"inputs\":7}",
            "{\"inputs\":[{\"name\":1,\"shape\":\"x\",\"datatype\":[],\"data\":{}}]}",
            "{\"train_args\":{\"epochs\":1e40,\"batch_size\":\"x\"}}",
            "{\"dataset\":{},\"model\":[],\"network\":1,\"callback_url\":\"http://[\"}",
            "{\"version\":\"x\"}",
            "{\"version\":99999999999999999999}",
            "{\"versions\":[{\"version\":1.5,\"weight\":\"x\"}]}",
            "\u00ff\u00fe{\u0000}\u0000",
            "\u00c3(");

    private static final List<String> VALUES = List.of(
            "x", "-1", "1e9", "99999999999999999999", "0x10", "%00", "%C3%A9", "a%20b", "2026-13-99T99:99:99Z", "");

    @TestHTTPResource("/")
    URI server;

    @BeforeEach
    void waitForTheDatabase() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void errorsOfBadBodiesNameNoClass() throws Exception {
        SoftAssertions all = new SoftAssertions();
        int count = 0;
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            for (String type : operation.mediaTypes()) {
                for (String body : bodies(type)) {
                    check(all, operation.method(), operation.path(), "Content-Type: " + typed(type) + "\r\n", body);
                    count++;
                }
            }
        }
        all.assertAll();
        assertThat(count).isGreaterThan(100);
    }

    private static String typed(String type) {
        return type.startsWith("multipart/") ? type + "; boundary=x" : type;
    }

    private static List<String> bodies(String type) {
        if (type.endsWith("json")) {
            return JSON;
        }
        List<String> all =
                new ArrayList<>(List.of("", "x", "PK\u0003\u0004" + "\u00ff".repeat(60), "\u0089PNG\r\n\u001a\n"));
        all.add("--x\r\n\r\n");
        all.add("--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n");
        all.add(
                "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\nContent-Type: /\r\n\r\na\r\n--x--\r\n");
        all.add("--x\r\nContent-Disposition: form-data; name=\"image\"; filename*=utf-9''%zz\r\n\r\na\r\n--x--\r\n");
        return all;
    }

    @Test
    void errorsOfBadParametersNameNoClass() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            String type = operation.mediaTypes().isEmpty()
                    ? ""
                    : "Content-Type: " + typed(operation.mediaTypes().get(0)) + "\r\n";
            for (String value : VALUES) {
                if (!value.isEmpty() && !value.equals("%00")) {
                    check(all, operation.method(), operation.path().replaceAll("/1(?=/|$)", "/" + value), type, "");
                }
                for (ApiOperations.Parameter parameter : operation.parameters()) {
                    if (parameter.in().equals("query")) {
                        String path = operation.path() + "?" + parameter.name() + "=" + value;
                        check(all, operation.method(), path, type, "");
                    } else if (parameter.in().equals("header")) {
                        check(
                                all,
                                operation.method(),
                                operation.path(),
                                type + parameter.name() + ": " + value + "\r\n",
                                "");
                    }
                }
            }
        }
        all.assertAll();
    }

    private void check(SoftAssertions all, String method, String path, String headers, String body) throws Exception {
        String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
        try (RawHttp connection = new RawHttp(server)) {
            connection.send(request);
            RawHttp.Response head = connection.answer(false);
            String what = request.length() > 300 ? request.substring(0, 300) : request;
            all.assertThat(head.status()).as(what).isNotEqualTo(500);
            if (head.status() >= 400) { // others may not end
                String text = connection.body(head.headers());
                all.assertThat(JAVA.matcher(text).find())
                        .as(what + " => " + text)
                        .isFalse();
                all.assertThat(text).as(what).isNotEmpty();
            }
        }
    }
}
