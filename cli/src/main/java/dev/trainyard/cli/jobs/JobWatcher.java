package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.CommandException;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.CommandContext;
import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.EventStream;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.JobEvent;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.InterruptHint;
import java.time.Duration;
import java.util.Optional;

/** Follows a job to its end. Whoever stops watching stops nothing else. */
final class JobWatcher {
    /** Between two looks for the bar. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Of a look: the bar is not worth to wait for it longer. */
    private static final Duration GLANCE = Duration.ofSeconds(2);

    private final CommandContext session;
    private final GatewayClient gateway;
    private final Console console;
    private final String key;
    private final Deadline deadline;
    private int epochs;
    private long lookedAt;

    /**
     * @param gateway with the same {@code deadline}
     * @param deadline of watching; the job goes on after it
     */
    JobWatcher(CommandContext session, GatewayClient gateway, String key, Deadline deadline) {
        this.session = session;
        this.gateway = gateway;
        this.console = session.console();
        this.key = key;
        this.deadline = deadline;
    }

    /**
     * The exit status of a job that succeeded; every other end is a failure. Of a job that may not be there nothing is said
     * before it is seen.
     */
    int follow() throws CommandException, InterruptedException {
        JsonNode job = JobKeys.job(gateway, key);
        try (InterruptHint detaching = new InterruptHint(console, detached())) {
            return advised(() -> watch(job));
        }
    }

    /** The same of a job that was submitted just now. */
    int follow(InterruptHint submitted) throws CommandException, InterruptedException {
        submitted.say(detached());
        console.note("Job " + key);
        return advised(() -> watch(JobKeys.job(gateway, key)));
    }

    private interface WatchAction {
        int run() throws CommandException, InterruptedException;
    }

    /** Whatever was waited for when the time was over, what is told is that; and wherever it ends, how to come back. */
    private int advised(WatchAction watching) throws CommandException, InterruptedException {
        try {
            return watching.run();
        } catch (CommandException e) {
            if (e.exitCode() == ExitCodes.TIMEOUT && deadline.isOver()) {
                throw late();
            }
            throw e.exitCode() == ExitCodes.UNREACHABLE ? e.advising(comeBack()) : e;
        }
    }

    private int watch(JsonNode begun) throws CommandException, InterruptedException {
        try (EventStream events = gateway.events(JobKeys.path(key) + "/events")) {
            begin(begun);
            while (true) {
                if (deadline.isOver()) {
                    throw late();
                }
                Optional<JobEvent> event = events.next(deadline.atMost(LOOK));
                if (event.isPresent() && event.get().isEnd()) {
                    Optional<JsonNode> job = ended(event.get());
                    if (job.isPresent()) {
                        return end(event.get(), job.get());
                    }
                } else {
                    event.ifPresent(this::tell);
                    look();
                }
            }
        }
    }

    private CommandException late() {
        return new CommandException(
                ExitCodes.TIMEOUT,
                "Job %s has not ended within %d s."
                        .formatted(key, deadline.limit().toSeconds()),
                comeBack());
    }

    private String detached() {
        return "Detached. " + comeBack();
    }

    private String comeBack() {
        return "The job goes on. Watch it again: %s; cancel it: %s"
                .formatted(session.command("jobs watch " + key), session.command("jobs cancel " + key));
    }

    private void begin(JsonNode job) {
        epochs = job.path("epochs").asInt();
        if (console.hasBar()) {
            console.bar(ProgressBar.of(job));
        } else if (job.path("queue_position").isNumber() && !console.json()) {
            console.note("Position %d in the queue."
                    .formatted(job.path("queue_position").asInt()));
        }
        lookedAt = System.nanoTime();
    }

    private void tell(JobEvent event) {
        if (console.json()) {
            console.line(event.toJson());
        } else if (event.name().equals("epoch")) {
            if (!console.hasBar()) {
                console.note(JobFormatter.epoch(event.data().path("metrics"), epochs));
            }
        } else if (event.name().equals("status")) {
            StatusChangeFormatter.of(event.data(), session, key).ifPresent(console::note);
        }
    }

    /** The bar is only drawn where the gateway answers; whether it is gone for good is for the events to say. */
    private void look() {
        if (!console.hasBar() || System.nanoTime() - lookedAt < LOOK.toNanos()) {
            return;
        }
        try {
            console.bar(ProgressBar.of(gateway.get(JobKeys.path(key), GLANCE)));
        } catch (CommandException e) {
            console.detail(e.getMessage());
        }
        lookedAt = System.nanoTime();
    }

    /** The job of which {@code event} is the end; empty if the gateway went away meanwhile, so that it must come again. */
    private Optional<JsonNode> ended(JobEvent event) throws CommandException {
        if (event.data().path("status").asText().equals("deleted")) {
            throw new CommandException(ExitCodes.NOT_FOUND, "Job %s was deleted.".formatted(key), null);
        }
        try {
            return Optional.of(JobKeys.job(gateway, key));
        } catch (CommandException e) {
            if (e.exitCode() != ExitCodes.UNREACHABLE) {
                throw e;
            }
            console.detail(e.getMessage());
            return Optional.empty();
        }
    }

    private int end(JobEvent event, JsonNode job) throws CommandException {
        if (console.json()) {
            ObjectNode last = event.toJson();
            last.set("job", job);
            console.line(last);
        }
        return switch (event.data().path("status").asText()) {
            case "success" -> {
                if (!console.json()) {
                    console.result(JobFormatter.success(job));
                }
                yield ExitCodes.DONE;
            }
            case "cancelled" ->
                throw new CommandException(ExitCodes.CANCELLED, "Job %s was cancelled.".formatted(key), null);
            default ->
                throw new CommandException(
                        ExitCodes.FAILED,
                        JobFormatter.failure(job),
                        "%s shows all that is known; %s gives it another attempt."
                                .formatted(session.command("jobs show " + key), session.command("jobs retry " + key)));
        };
    }
}
