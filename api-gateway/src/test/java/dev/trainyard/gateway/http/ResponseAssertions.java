package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.assertj.core.api.SoftAssertions;

/** Assertions that hold for every response. */
final class ResponseAssertions {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "[A-Za-z0-9._-]{1,64}";

    private ResponseAssertions() {}

    static void hasSecurityHeaders(SoftAssertions all, String request, RawHttp.Response answer) {
        all.assertThat(answer.header("X-Content-Type-Options")).as(request).isEqualTo("nosniff");
        all.assertThat(answer.header("X-Frame-Options")).as(request).isEqualTo("DENY");
        all.assertThat(answer.header("Referrer-Policy")).as(request).isEqualTo("same-origin");
        all.assertThat(answer.header("Cache-Control")).as(request).isNotBlank();
        String policy = answer.header("Content-Security-Policy");
        all.assertThat(policy).as(request).contains("frame-ancestors 'none'", "default-src");
        String scripts = policy == null || !policy.contains("script-src") ? "" : policy.replaceAll(".*script-src", "");
        all.assertThat(scripts.replaceAll(";.*", "")).as(request).doesNotContain("unsafe", "*");
        if (answer.status() >= 400 || request.contains(" /api/")) {
            all.assertThat(answer.header("Cache-Control")).as(request).isEqualTo("no-store");
        }
    }

    /** @param request begins with the method and the path */
    static void isProblem(SoftAssertions all, String request, RawHttp.Response answer) throws IOException {
        String id = answer.header("X-Request-Id");
        all.assertThat(id).as("id of " + request).matches(ID);
        if (request.startsWith("HEAD ")) {
            return;
        }
        if (request.matches("[A-Z]+ /v2(/.*|)(?s).*")) {
            all.assertThat(answer.header("Content-Type")).as(request).startsWith("application/json");
            all.assertThat(json(answer).path("error").asText()).as(request).isNotBlank();
            return;
        }
        all.assertThat(answer.header("Content-Type")).as(request).startsWith("application/problem+json");
        JsonNode problem = json(answer);
        all.assertThat(problem.path("status").asInt()).as(request).isEqualTo(answer.status());
        all.assertThat(problem.path("request_id").asText()).as(request).isEqualTo(id);
        all.assertThat(problem.path("detail").asText()).as(request).isNotBlank();
        all.assertThat(problem.path("type").asText()).as(request).startsWith("/problems/");
    }

    private static JsonNode json(RawHttp.Response answer) throws IOException {
        assertThat(answer.body()).as("body of %s", answer).isNotEmpty();
        return JSON.readTree(answer.body());
    }
}
