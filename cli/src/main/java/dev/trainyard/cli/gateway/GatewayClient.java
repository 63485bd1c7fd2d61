package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.Json;
import dev.trainyard.cli.terminal.Console;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Talks to a gateway; whatever goes wrong becomes a {@link CommandFailure}. */
public final class GatewayClient {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** As long as a gateway may take to come back. */
    private static final Duration RESENDING = Duration.ofSeconds(20);

    private static final Duration BETWEEN = Duration.ofMillis(500);

    private final HttpClient http;
    private final String server;
    private final Console console;

    /** @param server as {@link ServerAddress} gives it */
    public GatewayClient(String server, Console console) {
        this.http = http(server);
        this.server = server;
        this.console = console;
    }

    private static HttpClient http(String server) {
        HttpClient.Builder http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
        if (server.startsWith("http:")) {
            http.sslContext(NoTls.context()); // redirects are not followed, so it stays plain
        }
        return http.build();
    }

    public String server() {
        return server;
    }

    public JsonNode get(String path) throws CommandFailure {
        return get(path, LIMIT);
    }

    /** @param limit until the answer begins */
    public JsonNode get(String path, Duration limit) throws CommandFailure {
        return json(send(request(path).timeout(limit).GET().build()));
    }

    /**
     * The text in {@code field} of an {@code answer} of the gateway.
     *
     * @throws CommandFailure if it has none, so that somebody else gave it
     */
    public String text(JsonNode answer, String field) throws CommandFailure {
        if (!answer.path(field).isTextual()) {
            throw Unreachable.noGateway(server, "its answer has no " + field);
        }
        return answer.path(field).asText();
    }

    /** The same of a list. */
    JsonNode list(JsonNode answer, String field) throws CommandFailure {
        if (!answer.path(field).isArray()) {
            throw Unreachable.noGateway(server, "its answer has no " + field);
        }
        return answer.path(field);
    }

    public JsonNode post(String path) throws CommandFailure {
        return json(send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build()));
    }

    public JsonNode post(String path, String contentType, byte[] body) throws CommandFailure {
        HttpRequest.Builder post =
                request(path).header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return json(send(post.build()));
    }

    /**
     * Where the line breaks it is sent again, also while the gateway starts anew: with the same {@code idempotencyKey} it
     * stays one job.
     */
    public JsonNode postOnce(String path, JsonNode body, String idempotencyKey) throws CommandFailure {
        HttpRequest post = request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        long begun = System.nanoTime();
        boolean sent = false;
        while (true) {
            CommandFailure failure;
            try {
                return json(exchange(post));
            } catch (IOException e) {
                sent |= !(e instanceof ConnectException || e instanceof HttpConnectTimeoutException);
                failure = Unreachable.failure(server, e);
            } catch (CommandFailure e) {
                failure = e;
            }
            if (!sent) {
                throw failure;
            }
            if (failure.exitCode() != ExitCodes.UNREACHABLE || System.nanoTime() - begun > RESENDING.toNanos()) {
                throw failure.exitCode() == ExitCodes.USAGE
                        ? failure
                        : failure.advising(
                                "It may be queued all the same. Repeat the command with --idempotency-key %s, and it stays one job."
                                        .formatted(idempotencyKey));
            }
            console.note("The line broke; sending it again.");
            pause();
        }
    }

    /** @param bearer shown to the gateway; null for none */
    public JsonNode postForm(String path, Form form, String bearer) throws CommandFailure {
        HttpRequest.Builder post =
                request(path).header("Content-Type", form.contentType()).POST(form.body());
        if (bearer != null) {
            post.header("Authorization", "Bearer " + bearer);
        }
        return json(send(post.build()));
    }

    /** The answer as it comes, of status 200. */
    public HttpResponse<byte[]> download(String path) throws CommandFailure {
        HttpRequest get = HttpRequest.newBuilder(uri(path)).timeout(LIMIT).GET().build();
        return good(send(get));
    }

    /** The events of the job at {@code path}, from the first. */
    public EventStream events(String path) {
        return new EventStream(http, server, uri(path), console);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(LIMIT).header("Accept", "application/json");
    }

    private URI uri(String path) {
        return URI.create(server + path);
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws CommandFailure {
        try {
            return exchange(request);
        } catch (IOException e) {
            throw Unreachable.failure(server, e);
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException, CommandFailure {
        long asked = System.nanoTime();
        console.detail("> %s %s".formatted(request.method(), request.uri()));
        try {
            HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
            console.detail("< %d in %d ms".formatted(answer.statusCode(), (System.nanoTime() - asked) / 1_000_000));
            return answer;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static void pause() throws CommandFailure {
        try {
            Thread.sleep(BETWEEN.toMillis());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static CommandFailure interrupted() {
        Thread.currentThread().interrupt();
        return new CommandFailure(ExitCodes.FAILED, "Interrupted.", null);
    }

    private JsonNode json(HttpResponse<byte[]> answer) throws CommandFailure {
        byte[] body = good(answer).body();
        return Json.read(new String(body, StandardCharsets.UTF_8))
                .filter(JsonNode::isObject)
                .orElseThrow(() -> Unreachable.noGateway(server, "it answers something else than JSON"));
    }

    private HttpResponse<byte[]> good(HttpResponse<byte[]> answer) throws CommandFailure {
        if (answer.statusCode() >= 300) {
            String retryAfter = answer.headers().firstValue("Retry-After").orElse(null);
            throw Problems.failure(
                    server, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8), retryAfter);
        }
        return answer;
    }
}
