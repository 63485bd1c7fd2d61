package dev.trainyard.cli.models;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.MultipartForm;
import dev.trainyard.cli.gateway.SecretVariable;
import dev.trainyard.cli.terminal.InterruptHint;
import java.nio.file.Path;

/** Uploads a model that was trained elsewhere and waits until it is published or rejected. */
final class ModelImport {
    private static final String TOKEN = "TRAINYARD_ADMIN_TOKEN";

    private final CommandContext context;

    ModelImport(CommandContext context) {
        this.context = context;
    }

    /**
     * @param name null for the default model
     * @param reference null for none
     */
    int run(Path file, String name, Path reference) throws CommandException {
        GatewayClient gateway = context.gateway();
        gateway.requireIntendedPlatform();
        MultipartForm form = new MultipartForm();
        if (name != null) {
            form.text("name", name);
        }
        form.file("model", file);
        if (reference != null) {
            form.file("reference", reference);
        }
        JsonNode job = sent(gateway, form);
        String key = gateway.text(job, "key");
        context.console().note("Import %s is queued.".formatted(key));
        String resumeHint = "The import continues. Watch it again: %s; cancel it: %s"
                .formatted(context.command("jobs watch " + key), context.command("jobs cancel " + key));
        try (InterruptHint hint = new InterruptHint(context.console(), "Detached. " + resumeHint)) {
            return print(gateway.awaitJobEnd(job));
        } catch (CommandException e) {
            throw e.exitCode() == ExitCodes.UNREACHABLE ? e.withAdvice(resumeHint) : e;
        }
    }

    /** A file that the gateway rejects is a failure like one that a trainer rejects, not a usage error. */
    private static JsonNode sent(GatewayClient gateway, MultipartForm form) throws CommandException {
        try {
            return gateway.postForm("/api/v1/models", form, SecretVariable.read(TOKEN));
        } catch (CommandException e) {
            throw e.exitCode() == ExitCodes.USAGE
                    ? new CommandException(ExitCodes.FAILED, e.getMessage(), e.advice())
                    : e;
        }
    }

    private int print(JsonNode job) throws CommandException {
        String status = job.path("status").asText();
        if (context.console().json()) {
            context.console().result(job);
        }
        if (!status.equals("success")) {
            throw new CommandException(
                    status.equals("cancelled") ? ExitCodes.CANCELLED : ExitCodes.FAILED,
                    job.at("/error/message").asText("The import was cancelled."),
                    null);
        }
        if (context.console().json()) {
            return ExitCodes.SUCCESS;
        }
        String name = job.at("/model/name").asText();
        int version = job.at("/model/version").asInt();
        context.console()
                .result(text(
                        "%s version %d: accuracy %.2f %% on MNIST's test images. Details: %s",
                        name,
                        version,
                        100 * job.at("/message/test/accuracy").asDouble(),
                        context.command("models show %s %d".formatted(name, version))));
        return ExitCodes.SUCCESS;
    }
}
