package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import java.util.List;

/** Runs an action on jobs: cancel, pause, resume or retry. */
final class JobAction {
    private final CommandContext context;
    private final String name;

    JobAction(CommandContext context, String name) {
        this.context = context;
        this.name = name;
    }

    /** Runs the action on each job separately; returns the exit status of the first failure. */
    int of(List<String> words) throws CommandException {
        GatewayClient gateway = context.gateway();
        gateway.requireIntendedPlatform();
        int exitCode = ExitCodes.SUCCESS;
        for (String word : words) {
            try {
                JsonNode job = carryOut(gateway, JobKeys.resolve(gateway, word));
                if (context.console().json()) {
                    context.console().line(job);
                } else {
                    context.console().result(job.path("key").asText() + " " + JobFormatter.status(job));
                }
            } catch (CommandException e) {
                if (e.exitCode() == ExitCodes.UNREACHABLE || words.size() == 1) {
                    throw e;
                }
                context.console().error(word + ": " + e.getMessage(), e.advice());
                exitCode = exitCode == ExitCodes.SUCCESS ? e.exitCode() : exitCode;
            }
        }
        return exitCode;
    }

    private JsonNode carryOut(GatewayClient gateway, String key) throws CommandException {
        try {
            return gateway.post(JobKeys.path(key) + "/" + name);
        } catch (CommandException e) {
            throw e.exitCode() == ExitCodes.NOT_FOUND ? JobKeys.unknown(key) : e;
        }
    }
}
