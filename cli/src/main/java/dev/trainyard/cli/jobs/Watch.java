package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.Session;
import dev.trainyard.cli.gateway.EventStream;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.JobEvent;
import dev.trainyard.cli.terminal.Console;
import java.time.Duration;
import java.util.Optional;

/** Follows a job to its end. Whoever stops watching stops nothing else. */
final class Watch {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Session session;
    private final GatewayClient gateway;
    private final Console console;
    private final String key;
    private int epochs;

    Watch(Session session, GatewayClient gateway, String key) {
        this.session = session;
        this.gateway = gateway;
        this.console = session.console();
        this.key = key;
    }

    /**
     * The exit status of a job that succeeded; every other end is a failure.
     *
     * @param limit null for none
     */
    int follow(Duration limit) throws CommandFailure, InterruptedException {
        long deadline = System.nanoTime() + (limit == null ? 0 : limit.toNanos());
        epochs = JobKeys.job(gateway, key).path("epochs").asInt();
        try (Detaching detaching = new Detaching(console, comeBack());
                EventStream events = gateway.events(JobKeys.path(key) + "/events")) {
            while (true) {
                Duration patience = limit == null ? LOOK : least(LOOK, Duration.ofNanos(deadline - System.nanoTime()));
                Optional<JobEvent> event = events.next(patience);
                if (event.isPresent() && event.get().isEnd()) {
                    return end(event.get());
                }
                event.ifPresent(this::tell);
                if (event.isEmpty() && console.hasBar()) {
                    console.bar(ProgressBar.of(JobKeys.job(gateway, key)));
                }
                if (limit != null && System.nanoTime() - deadline >= 0) {
                    throw new CommandFailure(
                            ExitCodes.TIMEOUT,
                            "Job %s has not ended within %d s.".formatted(key, limit.toSeconds()),
                            comeBack());
                }
            }
        } catch (CommandFailure e) {
            throw e.exitCode() == ExitCodes.UNREACHABLE ? e.advising(comeBack()) : e;
        }
    }

    private String comeBack() {
        return "The job goes on. Watch it again: %s; cancel it: %s"
                .formatted(session.command("jobs watch " + key), session.command("jobs cancel " + key));
    }

    private void tell(JobEvent event) {
        if (console.json()) {
            console.line(event.toJson());
        } else if (event.name().equals("epoch")) {
            console.note(JobWords.epoch(event.data().path("metrics"), epochs));
        } else if (event.name().equals("status")) {
            StatusWords.of(event.data(), session, key).ifPresent(console::note);
        }
    }

    private int end(JobEvent event) throws CommandFailure {
        String status = event.data().path("status").asText();
        if (status.equals("deleted")) {
            throw new CommandFailure(ExitCodes.NOT_FOUND, "Job %s was deleted.".formatted(key), null);
        }
        JsonNode job = JobKeys.job(gateway, key);
        if (console.json()) {
            ObjectNode last = event.toJson();
            last.set("job", job);
            console.line(last);
        }
        return switch (status) {
            case "success" -> {
                if (!console.json()) {
                    console.result(JobWords.success(job));
                }
                yield ExitCodes.DONE;
            }
            case "cancelled" ->
                throw new CommandFailure(ExitCodes.CANCELLED, "Job %s was cancelled.".formatted(key), null);
            default ->
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        JobWords.failure(job),
                        "%s shows all that is known; %s gives it another attempt."
                                .formatted(session.command("jobs show " + key), session.command("jobs retry " + key)));
        };
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
