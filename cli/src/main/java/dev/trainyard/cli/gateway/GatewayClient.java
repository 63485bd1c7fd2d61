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
    private static final Duration RESENDING = Duration.ofSeconds(20);

    private static final int NO_CONTENT = 204;
    private static final Duration BETWEEN = Duration.ofMillis(500);

    private final HttpClient http;
    private final String server;
    /** Null unless the platform belongs to another clone and was not named by the user. */
    private final Path otherHome;

    private final Deadline deadline;
    private final Console console;
    private boolean otherTold;

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
    public JsonNode get(String path, Duration limit) throws CommandException {
        return json(HttpRequest.get(path).limit(limit));
    }

    /**
     * The text in {@code field} of an {@code answer} of the gateway.
     *
     * @throws CommandException if it has none, so that somebody else gave it
     */
    public String text(JsonNode answer, String field) throws CommandException {
        if (!answer.path(field).isTextual()) {
            throw ConnectionErrors.noGateway(server, "its answer has no " + field);
        }
        return answer.path(field).asText();
    }

    /** The same of a list. */
    JsonNode list(JsonNode answer, String field) throws CommandException {
        if (!answer.path(field).isArray()) {
            throw ConnectionErrors.noGateway(server, "its answer has no " + field);
        }
        return answer.path(field);
    }

    public JsonNode post(String path) throws CommandException {
        return json(HttpRequest.post(path));
    }

    /** The gateway answers with nothing but that it is done. */
    public void delete(String path) throws CommandException {
        try (HttpResponse answer = good(answer(HttpRequest.delete(path)))) {
            if (answer.status() != NO_CONTENT) {
                throw ConnectionErrors.noGateway(server, "it answers a deletion with status " + answer.status());
            }
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    /** Asks for something that a body describes and that changes nothing. */
    public JsonNode ask(String path, String contentType, byte[] body) throws CommandException {
        return json(HttpRequest.question(path, contentType, RequestBody.of(body)));
    }

    /**
     * A platform of another clone is only asked, unless it is named: what a command changes there, or shows it, may not
     * be meant for it.
     *
     * @throws CommandException if this is one
     */
    public void requireChangesMeant() throws CommandException {
        if (otherHome != null) {
            throw CommandException.usage(
                    "No platform of this clone runs; the one at %s is of %s.".formatted(server, otherHome),
                    "Start one here with ./trainyard up, or add --server %s if that one is meant.".formatted(server));
        }
    }

    private void tellOther() {
        if (otherHome != null && !otherTold) {
            otherTold = true;
            console.note("(using %s, the platform of %s)".formatted(server, otherHome));
        }
    }

    /**
     * Where the line breaks it is sent again, also while the gateway starts anew: with the same {@code idempotencyKey} it
     * stays one job.
     */
    public JsonNode postOnce(String path, JsonNode body, String idempotencyKey) throws CommandException {
        byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
        HttpRequest call = HttpRequest.post(path, "application/json", RequestBody.of(bytes)).header("Idempotency-Key", idempotencyKey);
        long begun = System.nanoTime();
        boolean sent = false;
        while (true) {
            CommandException failure;
            try {
                return exchange(call);
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
                    || deadline.isOver()
                    || System.nanoTime() - begun > RESENDING.toNanos()) {
                throw failure.exitCode() == ExitCodes.USAGE ? failure : failure.advising(queued(idempotencyKey));
            }
            console.note("The line broke; sending it again.");
            pause();
        }
    }

    /** What is to be said of a submit whose answer did not come. */
    public static String queued(String idempotencyKey) {
        return "It may be queued all the same. Repeat the command with --idempotency-key " + idempotencyKey
                + ", and it stays one job.";
    }

    /** @param bearer shown to the gateway; null for none */
    public JsonNode postForm(String path, MultipartForm form, String bearer) throws CommandException {
        HttpRequest call = HttpRequest.post(path, form.contentType(), form);
        return json(bearer == null ? call : call.header("Authorization", "Bearer " + bearer));
    }

    /** What the gateway has at {@code path}, to be read while it comes. */
    public Download download(String path) throws CommandException {
        try {
            return new Download(server, good(answer(HttpRequest.get(path))), deadline);
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    /** The events of the job at {@code path}, from the first; whoever waits for them looks at the clock. */
    public EventStream events(String path) {
        tellOther();
        return new EventStream(new HttpClient(URI.create(server), Deadline.NEVER), server, path, console);
    }

    private JsonNode json(HttpRequest call) throws CommandException {
        try {
            return exchange(call.header("Accept", "application/json"));
        } catch (IOException e) {
            throw ConnectionErrors.failure(server, e, deadline);
        }
    }

    private JsonNode exchange(HttpRequest call) throws IOException, CommandException {
        try (HttpResponse answer = good(answer(call))) {
            JsonNode document = Json.read(answer.text()).orElse(null);
            if (document == null || !document.isObject()) {
                throw ConnectionErrors.noGateway(server, "it answers something else than JSON");
            }
            return document;
        }
    }

    private HttpResponse answer(HttpRequest call) throws IOException, CommandException {
        if (!call.isQuestion()) {
            requireChangesMeant();
        }
        tellOther();
        long asked = System.nanoTime();
        console.detail("> " + call.method() + " " + server + call.path());
        HttpResponse answer = http.send(call);
        console.detail("< " + answer.status() + " in " + (System.nanoTime() - asked) / 1_000_000 + " ms");
        return answer;
    }

    /** One of status 200 and the like; others are read and closed. */
    private HttpResponse good(HttpResponse answer) throws IOException, CommandException {
        if (answer.status() < 300) {
            return answer;
        }
        try (answer) {
            throw ProblemMapper.failure(server, answer.status(), answer.text(), answer.header("Retry-After"));
        }
    }

    private void pause() throws CommandException {
        try {
            Thread.sleep(deadline.atMost(BETWEEN).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCodes.FAILED, "Interrupted.", null);
        }
    }
}
