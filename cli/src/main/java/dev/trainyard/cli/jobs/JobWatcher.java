package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.EventStream;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.JobEvent;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.InterruptHint;
import java.time.Duration;
import java.util.Optional;

/** Follows a job until it ends. Interrupting the command does not affect the job. */
final class JobWatcher {
    /** Interval between two updates of the progress bar. */
    private static final Duration REFRESH_INTERVAL = Duration.ofSeconds(1);
    /** Short, because a delayed progress bar is not worth waiting for. */
    private static final Duration REFRESH_TIMEOUT = Duration.ofSeconds(2);

    private final CommandContext context;
    private final GatewayClient gateway;
    private final Console console;
    private final String key;
    private final Deadline deadline;
    private int epochs;
    private long refreshedAt;

    /**
     * @param gateway client with the same {@code deadline}
     * @param deadline of watching; the job continues after it
     */
    JobWatcher(CommandContext context, GatewayClient gateway, String key, Deadline deadline) {
        this.context = context;
        this.gateway = gateway;
        this.console = context.console();
        this.key = key;
        this.deadline = deadline;
    }

    /**
     * Returns 0 if the job succeeded; every other end is a {@link CommandException}. The hint for Ctrl-C is installed
     * only after the job was found.
     */
    int follow() throws CommandException, InterruptedException {
        JsonNode job = JobKeys.job(gateway, key);
        try (InterruptHint hint = new InterruptHint(console, detachedMessage())) {
            return withHints(() -> watch(job));
        }
    }

    /** Follows a job that was just submitted. */
    int follow(InterruptHint hint) throws CommandException, InterruptedException {
        hint.replace(detachedMessage());
        console.note("Job " + key);
        return withHints(() -> watch(JobKeys.job(gateway, key)));
    }

    private interface WatchAction {
        int run() throws CommandException, InterruptedException;
    }

    /**
     * Reports the user's timeout rather than the request that happened to run into it, and adds a hint how to resume
     * watching.
     */
    private int withHints(WatchAction action) throws CommandException, InterruptedException {
        try {
            return action.run();
        } catch (CommandException e) {
            if (e.exitCode() == ExitCodes.TIMEOUT && deadline.hasPassed()) {
                throw timedOut();
            }
            throw e.exitCode() == ExitCodes.UNREACHABLE ? e.withAdvice(resumeHint()) : e;
        }
    }

    private int watch(JsonNode job) throws CommandException, InterruptedException {
        try (EventStream events = gateway.events(JobKeys.path(key) + "/events")) {
            start(job);
            while (true) {
                if (deadline.hasPassed()) {
                    throw timedOut();
                }
                Optional<JobEvent> event = events.next(deadline.atMost(REFRESH_INTERVAL));
                if (event.isPresent() && event.get().isEnd()) {
                    Optional<JsonNode> endedJob = readEndedJob(event.get());
                    if (endedJob.isPresent()) {
                        return finish(event.get(), endedJob.get());
                    }
                } else {
                    event.ifPresent(this::print);
                    refreshBar();
                }
            }
        }
    }

    private CommandException timedOut() {
        return new CommandException(
                ExitCodes.TIMEOUT,
                "Job %s has not ended within %d s."
                        .formatted(key, deadline.duration().toSeconds()),
                resumeHint());
    }

    private String detachedMessage() {
        return "Detached. " + resumeHint();
    }

    private String resumeHint() {
        return "The job continues. Watch it again: %s; cancel it: %s"
                .formatted(context.command("jobs watch " + key), context.command("jobs cancel " + key));
    }

    private void start(JsonNode job) {
        epochs = job.path("epochs").asInt();
        if (console.hasBar()) {
            console.bar(ProgressBar.of(job));
        } else if (job.path("queue_position").isNumber() && !console.json()) {
            console.note("Position %d in the queue."
                    .formatted(job.path("queue_position").asInt()));
        }
        refreshedAt = System.nanoTime();
    }

    private void print(JobEvent event) {
        if (console.json()) {
            console.line(event.toJson());
        } else if (event.name().equals("epoch")) {
            if (!console.hasBar()) {
                console.note(JobFormatter.epoch(event.data().path("metrics"), epochs));
            }
        } else if (event.name().equals("status")) {
            StatusChangeFormatter.of(event.data(), context, key).ifPresent(console::note);
        }
    }

    /** Updates the bar. Failed requests are ignored here, because the event stream detects a lost gateway. */
    private void refreshBar() {
        if (!console.hasBar() || System.nanoTime() - refreshedAt < REFRESH_INTERVAL.toNanos()) {
            return;
        }
        try {
            console.bar(ProgressBar.of(gateway.get(JobKeys.path(key), REFRESH_TIMEOUT)));
        } catch (CommandException e) {
            console.detail(e.getMessage());
        }
        refreshedAt = System.nanoTime();
    }

    /**
     * Reads the job after its end event; empty if the gateway is unreachable, in which case the event will be sent
     * again.
     */
    private Optional<JsonNode> readEndedJob(JobEvent event) throws CommandException {
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

    private int finish(JobEvent event, JsonNode job) throws CommandException {
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
                yield ExitCodes.SUCCESS;
            }
            case "cancelled" ->
                throw new CommandException(ExitCodes.CANCELLED, "Job %s was cancelled.".formatted(key), null);
            default ->
                throw new CommandException(
                        ExitCodes.FAILED,
                        JobFormatter.failure(job),
                        "%s shows the details; %s retries it."
                                .formatted(context.command("jobs show " + key), context.command("jobs retry " + key)));
        };
    }
}
