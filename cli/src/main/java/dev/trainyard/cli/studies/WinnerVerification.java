package dev.trainyard.cli.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.InterruptHint;
import java.util.UUID;

/** Runs the job of a study's best trial again, and compares the weights. */
final class WinnerVerification {
    private final CommandContext context;
    private final GatewayClient gateway;

    WinnerVerification(CommandContext context, GatewayClient gateway) {
        this.context = context;
        this.gateway = gateway;
    }

    /**
     * Returns 0 if the weights are the same.
     *
     * @param replay result of the replay, which the output as JSON contains
     */
    int run(String study, JsonNode replay) throws CommandException {
        JsonNode best = gateway.get(StudyKeys.path(study) + "/best");
        String job = gateway.text(best, "job");
        JsonNode accepted = gateway.postIdempotent(
                "/api/v1/train/" + job + "/verify",
                Json.object(),
                UUID.randomUUID().toString());
        String key = gateway.text(accepted, "key");
        context.console().note("Trial %s runs again as job %s.".formatted(best.path("number"), key));
        String resumeHint = "The job continues. Watch it again: " + context.command("jobs watch " + key);
        try (InterruptHint hint = new InterruptHint(context.console(), "Detached. " + resumeHint)) {
            return compared(replay, best, gateway.awaitJobEnd(accepted));
        } catch (CommandException e) {
            throw e.exitCode() == ExitCodes.UNREACHABLE ? e.withAdvice(resumeHint) : e;
        }
    }

    private int compared(JsonNode replay, JsonNode best, JsonNode job) throws CommandException {
        JsonNode verification = job.path("verification");
        if (context.console().json()) {
            ObjectNode document = replay.deepCopy();
            document.set("verification", verification);
            context.console().result(document);
        }
        if (!verification.path("same").asBoolean()) {
            throw new CommandException(
                    ExitCodes.FAILED,
                    verification.isObject()
                            ? "The weights differ: " + verification
                            : "The job %s ended as %s."
                                    .formatted(
                                            job.path("key").asText(),
                                            job.path("status").asText()),
                    context.command("jobs show " + job.path("key").asText()) + " shows more.");
        }
        if (!context.console().json()) {
            context.console()
                    .result("Trial %s gives the same weights again: SHA-256 %s"
                            .formatted(
                                    best.path("number"),
                                    verification.path("weights_sha256").asText()));
        }
        return ExitCodes.SUCCESS;
    }
}
