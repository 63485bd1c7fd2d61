package dev.trainyard.cli.studies;

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

/** Prints the events of a study until it ends. */
final class StudyWatcher {
    /** Longest wait for an event before the deadline is checked again. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final CommandContext context;
    private final GatewayClient gateway;
    private final Console console;
    private final String id;
    private final Deadline deadline;

    /** @param gateway client with the same {@code deadline} */
    StudyWatcher(CommandContext context, GatewayClient gateway, String id, Deadline deadline) {
        this.context = context;
        this.gateway = gateway;
        this.console = context.console();
        this.id = id;
        this.deadline = deadline;
    }

    /** Returns 0 if the study completed; every other end is a {@link CommandException}. */
    int follow() throws CommandException, InterruptedException {
        StudyKeys.study(gateway, id);
        try (InterruptHint hint = new InterruptHint(console, "Detached. " + resumeHint());
                EventStream events = gateway.events(StudyKeys.path(id) + "/events")) {
            while (!deadline.hasPassed()) {
                Optional<JobEvent> event = events.next(deadline.atMost(WAIT));
                if (event.isPresent() && event.get().isEnd()) {
                    return finish(event.get());
                }
                event.ifPresent(this::print);
            }
            throw new CommandException(
                    ExitCodes.TIMEOUT,
                    "Study %s has not ended within %d s."
                            .formatted(id, deadline.duration().toSeconds()),
                    resumeHint());
        }
    }

    private String resumeHint() {
        return "The study continues. Watch it again: %s; cancel it: %s"
                .formatted(context.command("study watch " + id), context.command("study cancel " + id));
    }

    private void print(JobEvent event) {
        if (console.json()) {
            console.line(event.toJson());
        } else {
            StudyFormatter.event(event).ifPresent(console::note);
        }
    }

    private int finish(JobEvent event) throws CommandException {
        String status = event.data().path("status").asText();
        if (status.equals("deleted")) {
            throw new CommandException(ExitCodes.NOT_FOUND, "Study %s was deleted.".formatted(id), null);
        }
        JsonNode study = StudyKeys.study(gateway, id);
        if (console.json()) {
            ObjectNode last = event.toJson();
            last.set("study", study);
            console.line(last);
        } else if (study.at("/summary/best").isObject()) {
            console.result(
                    "Best: trial %s, %s".formatted(study.at("/summary/best/trial"), study.at("/summary/best/value")));
        }
        return switch (status) {
            case "completed" -> ExitCodes.SUCCESS;
            case "cancelled" ->
                throw new CommandException(ExitCodes.CANCELLED, "Study %s was cancelled.".formatted(id), null);
            default ->
                throw new CommandException(
                        ExitCodes.FAILED,
                        "Study %s failed: %s"
                                .formatted(id, study.path("end_reason").asText()),
                        context.command("study show " + id) + " shows why its trials failed.");
        };
    }
}
