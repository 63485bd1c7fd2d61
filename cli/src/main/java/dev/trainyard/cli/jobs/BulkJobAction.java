package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.terminal.Console;

/** Runs an action on all jobs that a filter selects, after confirmation. */
final class BulkJobAction {
    private static final String PATH = "/api/v1/train/actions";
    /** Jobs of one request, so that each is answered soon. */
    private static final int BATCH = 200;

    private final CommandContext context;
    private final Console console;
    private final String action;

    BulkJobAction(CommandContext context, String action) {
        this.context = context;
        this.console = context.console();
        this.action = action;
    }

    int of(JobSelection selection) throws CommandException {
        GatewayClient gateway = context.gateway();
        gateway.requireIntendedPlatform();
        ObjectNode body = selection.body(action).put("limit", BATCH);
        JsonNode plan = gateway.post(PATH, body.deepCopy().put("dry_run", true));
        long matched = plan.path("matched").asLong();
        if (matched == 0) {
            console.note("No job matches.");
            return ExitCodes.SUCCESS;
        }
        if (selection.dryRun()) {
            print(plan);
            console.note("%,d jobs match; nothing was changed.".formatted(matched));
            return ExitCodes.SUCCESS;
        }
        if (!selection.confirmed()) {
            confirm(matched);
        }
        return run(gateway, body);
    }

    /** Repeats the request for the jobs over its limit, as long as it changes some. */
    private int run(GatewayClient gateway, ObjectNode body) throws CommandException {
        long changed = 0;
        long refused = 0;
        JsonNode result;
        do {
            result = gateway.post(PATH, body);
            print(result);
            changed += result.path("changed").asLong();
            refused += result.path("refused").asLong();
        } while (result.path("remaining").asLong() > 0 && result.path("changed").asLong() > 0);
        long remaining = result.path("remaining").asLong();
        console.note("%,d changed, %,d refused.".formatted(changed, refused)
                + (remaining > 0 ? " %,d were not tried; narrow the filter.".formatted(remaining) : ""));
        return refused > 0 || remaining > 0 ? ExitCodes.FAILED : ExitCodes.SUCCESS;
    }

    private void print(JsonNode result) {
        for (JsonNode item : result.path("items")) {
            if (console.json()) {
                console.line(item);
            } else if (item.path("problem").isObject()) {
                console.error(
                        item.path("key").asText() + ": "
                                + item.at("/problem/detail").asText(),
                        null);
            } else {
                console.result(item.path("key").asText() + " " + JobFormatter.status(item));
            }
        }
    }

    private void confirm(long matched) throws CommandException {
        String consequence = matched == 1 ? "%s 1 job".formatted(action) : "%s %,d jobs".formatted(action, matched);
        if (!console.isInteractive()) {
            throw CommandException.usage(
                    "This needs confirmation: it would %s.".formatted(consequence), "Add --yes to do it.");
        }
        String question = Character.toUpperCase(consequence.charAt(0)) + consequence.substring(1) + "? [y/N] ";
        if (!console.ask(question).matches("(?i)y|yes")) {
            throw new CommandException(ExitCodes.FAILED, "Nothing was changed.", null);
        }
    }
}
