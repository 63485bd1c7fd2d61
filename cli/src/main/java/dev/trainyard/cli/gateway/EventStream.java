package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.terminal.Console;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events of a job, each once and in order, across reconnects. */
public final class EventStream implements AutoCloseable {
    /** Three times the interval of the gateway's keep-alive comments. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);
    /** Time since the last received line after which reconnecting is given up. */
    private static final Duration RECONNECT_LIMIT = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final HttpClient http;
    private final String server;
    private final String path;
    private final Console console;
    private EventParser parser = new EventParser();
    private @Nullable EventConnection connection;
    private @Nullable String lastId;
    private long lastReceivedAt = System.nanoTime();
    private long connectedAt = lastReceivedAt;
    private long reconnectAt = lastReceivedAt;
    private Duration pause = Duration.ZERO;

    EventStream(HttpClient http, String server, String path, Console console) {
        this.http = http;
        this.server = server;
        this.path = path;
        this.console = console;
    }

    /**
     * Returns the next event; empty if none was received within {@code timeout}.
     *
     * @throws CommandException if the job does not exist, or the gateway does not come back
     */
    public Optional<JobEvent> next(Duration timeout) throws CommandException, InterruptedException {
        long until = System.nanoTime() + timeout.toNanos();
        while (true) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            EventConnection open = connection == null ? connect(left) : connection;
            if (open == null) {
                continue;
            }
            EventConnection.Item item = open.next(Duration.ofNanos(Math.min(left, SILENCE_LIMIT.toNanos())));
            Optional<JobEvent> event =
                    item instanceof EventConnection.TextLine text ? receive(text.text()) : Optional.empty();
            if (event.isPresent()) {
                return event;
            }
            if (item instanceof EventConnection.ErrorResponse error) {
                handleError(error);
            } else if (item instanceof EventConnection.Closed closed) {
                scheduleReconnect(
                        closed.cause() == null ? "closed by the gateway" : ConnectionErrors.reason(closed.cause()));
            } else if (item == null && isSilent()) {
                scheduleReconnect("no data for %d s".formatted(SILENCE_LIMIT.toSeconds()));
            }
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    /** Returns null if it is too early to reconnect. */
    private @Nullable EventConnection connect(long left) throws InterruptedException {
        long wait = reconnectAt - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(Duration.ofNanos(Math.min(wait, left)).toMillis() + 1);
            return null;
        }
        parser = new EventParser();
        connectedAt = System.nanoTime();
        connection = new EventConnection(http, path, lastId);
        return connection;
    }

    private Optional<JobEvent> receive(String text) {
        lastReceivedAt = System.nanoTime();
        pause = Duration.ZERO;
        Optional<JobEvent> event = parser.addLine(text);
        event.filter(known -> known.id() != null).ifPresent(known -> lastId = known.id());
        return event;
    }

    private void handleError(EventConnection.ErrorResponse response) throws CommandException {
        if (response.status() != 429 && response.status() < 500) {
            throw ProblemMapper.failure(server, response.status(), response.body(), response.retryAfter());
        }
        scheduleReconnect("it answered " + response.status());
    }

    private void scheduleReconnect(String why) throws CommandException {
        close();
        if (since(lastReceivedAt).compareTo(RECONNECT_LIMIT) > 0) {
            throw new CommandException(
                    ExitCodes.UNREACHABLE, "The gateway at %s is still unreachable: %s.".formatted(server, why), null);
        }
        if (pause.isZero()) {
            console.note("The connection to the gateway broke (%s); reconnecting.".formatted(why));
        }
        pause = pause.isZero() ? Duration.ofMillis(500) : pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        reconnectAt = System.nanoTime() + pause.toNanos();
    }

    private boolean isSilent() {
        return since(lastReceivedAt).compareTo(SILENCE_LIMIT) > 0
                && since(connectedAt).compareTo(SILENCE_LIMIT) > 0;
    }

    private static Duration since(long instant) {
        return Duration.ofNanos(System.nanoTime() - instant);
    }
}
