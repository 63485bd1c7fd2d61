package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends requests to a gateway; every failure becomes a {@link CommandException}. */
public final class GatewayClient {
    /** Enough for a gateway to restart. */
    private static final Duration RESEND_LIMIT = Duration.ofSeconds(20);

    private static final int NO_CONTENT = 204;
    private static final Set<String> ENDED = Set.of("success", "failed", "cancelled");
    private static final Duration RESEND_PAUSE = Duration.ofMillis(500);

    private final HttpClient http;
    private final String server;
    /** Clone that the platform was started from; null if it is this clone or if the user named the server. */
    private final @Nullable Path otherHome;

    private final Deadline deadline;
    private final Console console;
    private final @Nullable String token;
    private final @Nullable String project;
    private boolean otherPlatformNoted;

    /**
     * @param deadline of all requests
     * @param project of all requests; null for the one that the gateway chooses
     */
    public GatewayClient(ServerAddress address, Deadline deadline, Console console, @Nullable String project)
            throws CommandException {
        this(address, deadline, console, AccessToken.forServer(address.url()), project);
    }

    private GatewayClient(
            ServerAddress address,
            Deadline deadline,
            Console console,
            @Nullable String token,
            @Nullable String project) {
        this.project = project;
        this.server = address.url();
        this.otherHome = address.otherHome();
        this.http = new HttpClient(URI.create(server), deadline, token, project);
        this.deadline = deadline;
        this.console = console;
        this.token = token;
    }

    /** A client that sends {@code token}, and not the one of the environment or the user's configuration. */
    public GatewayClient withToken(String token) {
        return new GatewayClient(new ServerAddress(server, otherHome), deadline, console, token, project);
    }

    public String server() {
        return server;
    }

    public JsonNode get(String path) throws CommandException {
        return json(HttpRequest.get(path));
    }

    /** @param readTimeout maximum time without data from the gateway */
    public JsonNode get(String path, Duration readTimeout) throws CommandException {
        return json(HttpRequest.get(path).readTimeout(readTimeout));
    }

    /**
     * Returns the text in {@code field} of a response.
     *
     * @throws CommandException if the field is missing, so that the server cannot be a gateway
     */
    public String text(JsonNode response, String field) throws CommandException {
        if (!response.path(field).isTextual()) {
            throw ConnectionErrors.noGateway(server, "its response has no " + field);
        }
        return response.path(field).asText();
    }

    /** Returns the array in {@code field} of a response, with the same check. */
    JsonNode list(JsonNode response, String field) throws CommandException {
        if (!response.path(field).isArray()) {
            throw ConnectionErrors.noGateway(server, "its response has no " + field);
        }
        return response.path(field);
    }

    public JsonNode post(String path) throws CommandException {
        return json(HttpRequest.post(path));
    }

    public JsonNode post(String path, JsonNode body) throws CommandException {
        byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
        return json(HttpRequest.post(path, "application/json", RequestBody.of(bytes)));
    }

    public JsonNode put(String path, JsonNode body) throws CommandException {
        byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
        return json(HttpRequest.put(path, "application/json", RequestBody.of(bytes)));
    }

    /** Expects 204 without a body. */
    public void delete(String path) throws CommandException {
        try (HttpResponse response = requireSuccess(send(HttpRequest.delete(path)))) {
            if (response.status() != NO_CONTENT) {
                throw ConnectionErrors.noGateway(server, "it answered a DELETE with status " + response.status());
            }
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    /** Sends a POST that changes nothing, such as a prediction. */
    public JsonNode query(String path, String contentType, byte[] body) throws CommandException {
        return json(HttpRequest.readOnlyPost(path, contentType, RequestBody.of(body)));
    }

    /**
     * Platforms of another clone are read only, unless the user named the server: a change, or the data that a request
     * carries, may not be meant for them.
     *
     * @throws CommandException if the platform belongs to another clone and was not named
     */
    public void requireIntendedPlatform() throws CommandException {
        if (otherHome != null) {
            throw CommandException.usage(
                    "No platform of this clone is running; the one at %s belongs to %s.".formatted(server, otherHome),
                    "Start one here with ./trainyard up, or add --server %s to use that one.".formatted(server));
        }
    }

    private void noteOtherPlatform() {
        if (otherHome != null && !otherPlatformNoted) {
            otherPlatformNoted = true;
            console.note("(using %s, the platform of %s)".formatted(server, otherHome));
        }
    }

    /**
     * Sends the request again if the connection fails, also while the gateway restarts. The {@code idempotencyKey}
     * ensures that only one job is created.
     */
    public JsonNode postIdempotent(String path, JsonNode body, String idempotencyKey) throws CommandException {
        byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.post(path, "application/json", RequestBody.of(bytes))
                .header("Idempotency-Key", idempotencyKey);
        long startedAt = System.nanoTime();
        boolean sent = false;
        while (true) {
            CommandException failure;
            try {
                return exchange(request);
            } catch (IOException e) {
                sent |= !(e instanceof ConnectionFailedException);
                failure = ConnectionErrors.failure(server, e, deadline);
            } catch (CommandException e) {
                failure = e;
            }
            if (!sent) {
                throw failure;
            }
            if (failure.exitCode() != ExitCodes.UNREACHABLE
                    || deadline.hasPassed()
                    || System.nanoTime() - startedAt > RESEND_LIMIT.toNanos()) {
                throw failure.exitCode() == ExitCodes.USAGE
                        ? failure
                        : failure.withAdvice(resubmitHint(idempotencyKey));
            }
            console.note("The connection broke; sending the request again.");
            pause();
        }
    }

    /**
     * Waits until a submitted job has ended, and returns it.
     *
     * @param accepted answer to the submission
     */
    public JsonNode awaitJobEnd(JsonNode accepted) throws CommandException {
        String url = text(accepted, "status_url");
        JsonNode job = accepted;
        while (!ENDED.contains(job.path("status").asText())) {
            job = get(url + "?wait=20"); // the gateway answers once the job changes
        }
        return job;
    }

    /** Hint for a submit whose answer was not received. */
    public static String resubmitHint(String idempotencyKey) {
        return "The job may have been queued. Repeat the command with --idempotency-key " + idempotencyKey
                + " to avoid a second job.";
    }

    /** @param bearer token to send instead of the access token; null for that */
    public JsonNode postForm(String path, MultipartForm form, @Nullable String bearer) throws CommandException {
        HttpRequest request = HttpRequest.post(path, form.contentType(), form);
        return json(bearer == null ? request : request.header("Authorization", "Bearer " + bearer));
    }

    /** Starts a download of the file at {@code path}. */
    public Download download(String path) throws CommandException {
        try {
            return new Download(server, requireSuccess(send(HttpRequest.get(path))), deadline);
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    /**
     * Opens the events of the job at {@code path}, from the first on. The stream has no deadline; the caller limits
     * each wait.
     */
    public EventStream events(String path) {
        noteOtherPlatform();
        return new EventStream(
                new HttpClient(URI.create(server), Deadline.NEVER, token, project), server, path, console);
    }

    private JsonNode json(HttpRequest request) throws CommandException {
        try {
            return exchange(request.header("Accept", "application/json"));
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    private JsonNode exchange(HttpRequest request) throws IOException, CommandException {
        try (HttpResponse response = requireSuccess(send(request))) {
            JsonNode document = Json.read(response.text()).orElse(null);
            if (document == null || !document.isObject()) {
                throw ConnectionErrors.noGateway(server, "its response is not JSON");
            }
            return document;
        }
    }

    private HttpResponse send(HttpRequest request) throws IOException, CommandException {
        if (!request.isReadOnly()) {
            requireIntendedPlatform();
        }
        noteOtherPlatform();
        long sentAt = System.nanoTime();
        console.detail("> " + request.method() + " " + server + request.path());
        HttpResponse response = http.send(request);
        console.detail("< " + response.status() + " in " + (System.nanoTime() - sentAt) / 1_000_000 + " ms");
        return response;
    }

    /** Returns a successful response; reads and closes any other. */
    private HttpResponse requireSuccess(HttpResponse response) throws IOException, CommandException {
        if (response.status() < 300) {
            return response;
        }
        try (response) {
            throw ProblemMapper.failure(server, response.status(), response.text(), response.header("Retry-After"));
        }
    }

    private void pause() throws CommandException {
        try {
            Thread.sleep(deadline.atMost(RESEND_PAUSE).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCodes.FAILED, "Interrupted.", null);
        }
    }
}
