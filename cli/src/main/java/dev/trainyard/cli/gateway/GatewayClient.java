package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandException;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.Json;
import dev.trainyard.cli.terminal.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Talks to a gateway; whatever goes wrong becomes a {@link CommandException}. */
public final class GatewayClient {
    /** As long as a gateway may take to come back. */
    private static final Duration RESEND_LIMIT = Duration.ofSeconds(20);

    private static final int NO_CONTENT = 204;
    private static final Duration RESEND_PAUSE = Duration.ofMillis(500);

    private final HttpClient http;
    private final String server;
    /** Null unless the platform belongs to another clone and was not named by the user. */
    private final Path otherHome;

    private final Deadline deadline;
    private final Console console;
    private boolean otherPlatformNoted;

    /** @param deadline of all that is asked */
    public GatewayClient(ServerAddress address, Deadline deadline, Console console) {
        this.server = address.url();
        this.otherHome = address.otherHome();
        this.http = new HttpClient(URI.create(server), deadline);
        this.deadline = deadline;
        this.console = console;
    }

    public String server() {
        return server;
    }

    public JsonNode get(String path) throws CommandException {
        return json(HttpRequest.get(path));
    }

    /** @param limit how long the gateway may be silent */
    public JsonNode get(String path, Duration readTimeout) throws CommandException {
        return json(HttpRequest.get(path).readTimeout(readTimeout));
    }

    /**
     * The text in {@code field} of an {@code response} of the gateway.
     *
     * @throws CommandException if it has none, so that somebody else gave it
     */
    public String text(JsonNode response, String field) throws CommandException {
        if (!response.path(field).isTextual()) {
            throw ConnectionErrors.noGateway(server, "its answer has no " + field);
        }
        return response.path(field).asText();
    }

    /** The same of a list. */
    JsonNode list(JsonNode response, String field) throws CommandException {
        if (!response.path(field).isArray()) {
            throw ConnectionErrors.noGateway(server, "its answer has no " + field);
        }
        return response.path(field);
    }

    public JsonNode post(String path) throws CommandException {
        return json(HttpRequest.post(path));
    }

    /** The gateway answers with nothing but that it is done. */
    public void delete(String path) throws CommandException {
        try (HttpResponse response = requireSuccess(send(HttpRequest.delete(path)))) {
            if (response.status() != NO_CONTENT) {
                throw ConnectionErrors.noGateway(server, "it answers a deletion with status " + response.status());
            }
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    /** Asks for something that a body describes and that changes nothing. */
    public JsonNode query(String path, String contentType, byte[] body) throws CommandException {
        return json(HttpRequest.readOnlyPost(path, contentType, RequestBody.of(body)));
    }

    /**
     * A platform of another clone is only asked, unless it is named: what a command changes there, or shows it, may not
     * be meant for it.
     *
     * @throws CommandException if this is one
     */
    public void requireIntendedPlatform() throws CommandException {
        if (otherHome != null) {
            throw CommandException.usage(
                    "No platform of this clone runs; the one at %s is of %s.".formatted(server, otherHome),
                    "Start one here with ./trainyard up, or add --server %s if that one is meant.".formatted(server));
        }
    }

    private void noteOtherPlatform() {
        if (otherHome != null && !otherPlatformNoted) {
            otherPlatformNoted = true;
            console.note("(using %s, the platform of %s)".formatted(server, otherHome));
        }
    }

    /**
     * Where the line breaks it is sent again, also while the gateway starts anew: with the same {@code idempotencyKey} it
     * stays one job.
     */
    public JsonNode postIdempotent(String path, JsonNode body, String idempotencyKey) throws CommandException {
        byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.post(path, "application/json", RequestBody.of(bytes)).header("Idempotency-Key", idempotencyKey);
        long begun = System.nanoTime();
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
                    || System.nanoTime() - begun > RESEND_LIMIT.toNanos()) {
                throw failure.exitCode() == ExitCodes.USAGE ? failure : failure.withAdvice(resubmitHint(idempotencyKey));
            }
            console.note("The line broke; sending it again.");
            pause();
        }
    }

    /** What is to be said of a submit whose answer did not come. */
    public static String resubmitHint(String idempotencyKey) {
        return "It may be queued all the same. Repeat the command with --idempotency-key " + idempotencyKey
                + ", and it stays one job.";
    }

    /** @param bearer shown to the gateway; null for none */
    public JsonNode postForm(String path, MultipartForm form, String bearer) throws CommandException {
        HttpRequest request = HttpRequest.post(path, form.contentType(), form);
        return json(bearer == null ? request : request.header("Authorization", "Bearer " + bearer));
    }

    /** What the gateway has at {@code path}, to be read while it comes. */
    public Download download(String path) throws CommandException {
        try {
            return new Download(server, requireSuccess(send(HttpRequest.get(path))), deadline);
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    /** The events of the job at {@code path}, from the first; whoever waits for them looks at the clock. */
    public EventStream events(String path) {
        noteOtherPlatform();
        return new EventStream(new HttpClient(URI.create(server), Deadline.NEVER), server, path, console);
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
                throw ConnectionErrors.noGateway(server, "it answers something else than JSON");
            }
            return document;
        }
    }

    private HttpResponse send(HttpRequest request) throws IOException, CommandException {
        if (!request.isReadOnly()) {
            requireIntendedPlatform();
        }
        noteOtherPlatform();
        long asked = System.nanoTime();
        console.detail("> " + request.method() + " " + server + request.path());
        HttpResponse response = http.send(request);
        console.detail("< " + response.status() + " in " + (System.nanoTime() - asked) / 1_000_000 + " ms");
        return response;
    }

    /** One of status 200 and the like; others are read and closed. */
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
