package dev.trainyard.cli.gateway;

import dev.trainyard.cli.CommandException;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.terminal.Console;
import java.time.Duration;
import java.util.Optional;

/** The events of a job, each once and in order, over as many lines as break. */
public final class EventStream implements AutoCloseable {
    /** Three times what the gateway lets pass before it shows that it is alive. */
    private static final Duration SILENCE = Duration.ofSeconds(30);
    /** Of a gateway that does not come back, from the last sign of it. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final HttpClient http;
    private final String server;
    private final String path;
    private final Console console;
    private EventParser parser = new EventParser();
    private EventConnection line;
    private String lastId;
    private long heardAt = System.nanoTime();
    private long connectedAt = heardAt;
    private long comesBackAt = heardAt;
    private Duration pause = Duration.ZERO;

    EventStream(HttpClient http, String server, String path, Console console) {
        this.http = http;
        this.server = server;
        this.path = path;
        this.console = console;
    }

    /**
     * The next event; empty if none came in {@code patience}.
     *
     * @throws CommandException if there is no such job, or the gateway stays away
     */
    public Optional<JobEvent> next(Duration patience) throws CommandException, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            if (line == null && !connect(left)) {
                continue;
            }
            EventConnection.Item item = line.next(Duration.ofNanos(Math.min(left, SILENCE.toNanos())));
            Optional<JobEvent> event = item instanceof EventConnection.TextLine text ? heard(text.text()) : Optional.empty();
            if (event.isPresent()) {
                return event;
            }
            if (item instanceof EventConnection.ErrorResponse refused) {
                refused(refused);
            } else if (item instanceof EventConnection.Closed closed) {
                broken(closed.cause() == null ? "the gateway ended it" : ConnectionErrors.reason(closed.cause()));
            } else if (item == null && isSilent()) {
                broken("nothing came for %d s".formatted(SILENCE.toSeconds()));
            }
        }
    }

    @Override
    public void close() {
        if (line != null) {
            line.close();
            line = null;
        }
    }

    /** False while it is too early to try again. */
    private boolean connect(long left) throws InterruptedException {
        long wait = comesBackAt - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(Duration.ofNanos(Math.min(wait, left)).toMillis() + 1);
            return false;
        }
        parser = new EventParser();
        connectedAt = System.nanoTime();
        line = new EventConnection(http, path, lastId);
        return true;
    }

    private Optional<JobEvent> heard(String text) {
        heardAt = System.nanoTime();
        pause = Duration.ZERO;
        Optional<JobEvent> event = parser.line(text);
        event.filter(known -> known.id() != null).ifPresent(known -> lastId = known.id());
        return event;
    }

    private void refused(EventConnection.ErrorResponse answer) throws CommandException {
        if (answer.status() != 429 && answer.status() < 500) {
            throw ProblemMapper.failure(server, answer.status(), answer.body(), answer.retryAfter());
        }
        broken("it answered " + answer.status());
    }

    private void broken(String why) throws CommandException {
        close();
        if (since(heardAt).compareTo(PATIENCE) > 0) {
            throw new CommandException(
                    ExitCodes.UNREACHABLE, "The gateway at %s does not come back: %s.".formatted(server, why), null);
        }
        if (pause.isZero()) {
            console.note("The line to the gateway broke (%s); trying to take it up again.".formatted(why));
        }
        pause = pause.isZero() ? Duration.ofMillis(500) : pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        comesBackAt = System.nanoTime() + pause.toNanos();
    }

    private boolean isSilent() {
        return since(heardAt).compareTo(SILENCE) > 0 && since(connectedAt).compareTo(SILENCE) > 0;
    }

    private static Duration since(long instant) {
        return Duration.ofNanos(System.nanoTime() - instant);
    }
}
