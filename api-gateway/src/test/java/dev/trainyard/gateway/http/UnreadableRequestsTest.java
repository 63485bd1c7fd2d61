package dev.trainyard.gateway.http;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class UnreadableRequestsTest {
    @TestHTTPResource("/")
    URI server;

    @Test
    void probe() throws Exception {
        String h = " HTTP/1.1\r\nHost: localhost\r\n";
        Map<String, String> all = new LinkedHashMap<>();
        for (String path : new String[] {
            "/api/v1/train?key=%",
            "/api/v1/train/%zz",
            "/api/v1/train/%",
            "/%zz",
            "/api/v1/train?key=%ff",
            "/api/v1/train/%ff",
            "/q/nothing",
            "/nothing%",
            "/api/v1/train/a;x=1",
            "/api/v1/train;x=1",
            "/api/v1/train/a%2fevents",
            "/api/v1/train/a%5cb",
            "/api/v1/train/a\\b",
            "//api/v1/train",
            "/api//v1/train",
            "/api/v1/./train",
            "/api/v1/x/../train",
            "/api/v1/%2e%2e/v1/train",
            "/api/v1/train/",
            "/api/v1/train?a|b",
            "/api/v1/train/%00",
            "http://evil.example/api/v1/train",
            "*",
            "foo",
            "",
            "/api/v1/train#x",
            "/app/%2e%2e/index.html",
            "/app/nothing.js",
            "/q/metrics",
            "/q/health/live",
            "/q/openapi",
            "/q/swagger-ui/",
            "/q/swagger-ui",
            "/_importmap/generated_importmap.js",
            "/app/main.js",
            "/",
            "/_static/lit/index.js",
            "/api/v1/train?limit=1&limit=2",
            "/v2/nothing",
            "/v2/models/%zz"
        }) {
            all.put("GET " + path, "GET " + path + h + "\r\n");
        }
        for (String m : new String[] {"OPTIONS", "HEAD", "POST", "DELETE", "TRACE", "FOO", "CONNECT"}) {
            for (String path : new String[] {
                "/api/v1/train",
                "/",
                "/jobs",
                "/app/main.js",
                "/q/metrics",
                "/q/health",
                "/q/openapi",
                "/q/swagger-ui/",
                "/nothing",
                "*"
            }) {
                all.put(m + " " + path, m + " " + path + h + "\r\n");
            }
        }
        all.put("evil host static", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        all.put("no host", "GET /api/v1/train HTTP/1.1\r\n\r\n");
        all.put("no host 1.0", "GET /api/v1/train HTTP/1.0\r\n\r\n");
        all.put("two hosts", "GET /api/v1/train HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n");
        all.put("two hosts evil", "GET /api/v1/train HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n");
        all.put("version 9", "GET /api/v1/train HTTP/9.9\r\nHost: localhost\r\n\r\n");
        all.put("version x", "GET /api/v1/train FOO/1.1\r\nHost: localhost\r\n\r\n");
        all.put("version none", "GET /api/v1/train\r\nHost: localhost\r\n\r\n");
        all.put("version 2.0", "GET /api/v1/train HTTP/2.0\r\nHost: localhost\r\n\r\n");
        all.put("garbage", "\u0001\u0002\u0003garbage\r\n\r\n");
        all.put("414", "GET /api/v1/train?key=" + "a".repeat(10000) + h + "\r\n");
        all.put("431", "GET /api/v1/train" + h + "X: " + "a".repeat(100000) + "\r\n\r\n");
        all.put("header name", "GET /api/v1/train" + h + "X Y: a\r\n\r\n");
        all.put("header null", "GET /api/v1/train" + h + "X: a\u0000b\r\n\r\n");
        all.put("header no colon", "GET /api/v1/train" + h + "XY\r\n\r\n");
        all.put("header fold", "GET /api/v1/train" + h + "X: a\r\n b\r\n\r\n");
        all.put(
                "2 cl",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ");
        all.put(
                "2 same cl",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{} ");
        all.put(
                "cl list",
                "POST /api/v1/train" + h + "Content-Type: application/json\r\nContent-Length: 2, 2\r\n\r\n{} ");
        all.put("bad cl", "POST /api/v1/train" + h + "Content-Type: application/json\r\nContent-Length: -2\r\n\r\n{} ");
        all.put("bad cl2", "POST /api/v1/train" + h + "Content-Type: application/json\r\nContent-Length: x\r\n\r\n{} ");
        all.put(
                "bad cl3",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nContent-Length: 99999999999999999999\r\n\r\n{} ");
        all.put(
                "cl4 over limit",
                "POST /api/v1/predict/batch" + h
                        + "Content-Type: application/zip\r\nContent-Length: 999999999\r\n\r\n{} ");
        all.put(
                "cl+te",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        all.put(
                "te gzip",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nTransfer-Encoding: gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        all.put(
                "te xchunked",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        all.put(
                "te twice",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        all.put(
                "bad chunk",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
        all.put(
                "expect",
                "POST /api/v1/train" + h
                        + "Content-Type: application/json\r\nExpect: x\r\nContent-Length: 2\r\n\r\n{}");
        for (Map.Entry<String, String> one : all.entrySet()) {
            String result;
            try {
                result = RawHttp.ask(server, one.getValue()).toString();
            } catch (Exception e) {
                result = e.toString();
            }
            System.out.println("PROBE " + one.getKey() + " => "
                    + result.replaceAll("\\s+", " ")
                            .substring(
                                    0,
                                    Math.min(700, result.replaceAll("\\s+", " ").length())));
        }
    }
}
