package dev.trainyard.cli.models;

import static dev.trainyard.cli.terminal.ValueFormatter.NONE;
import static dev.trainyard.cli.terminal.ValueFormatter.age;
import static dev.trainyard.cli.terminal.ValueFormatter.orNone;
import static dev.trainyard.cli.terminal.ValueFormatter.percent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.PagedList;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Colour;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Table;

/** Prints the versions of all models, or of one. */
final class ModelListPrinter {
    private final CommandContext context;

    ModelListPrinter(CommandContext context) {
        this.context = context;
    }

    /** @param name null for all */
    int print(String name, int limit) throws CommandException {
        Console console = context.console();
        String filter = name == null ? "" : "&name=" + PagedList.encoded(name);
        PagedList.Result found =
                PagedList.read(context.gateway(), "/api/v1/models?order=newest" + filter, "models", limit);
        if (console.json()) {
            ObjectNode document = Json.object();
            document.putArray("models").addAll(found.items());
            console.result(document.put("more", found.more()));
        } else if (found.items().isEmpty()) {
            console.note("No matching models. Train one: " + context.command("train --epochs 2"));
        } else {
            console.result(table(console, found.items()).toString());
            if (found.more()) {
                console.note("There are more; --limit or --all shows them.");
            }
        }
        return ExitCodes.SUCCESS;
    }

    static Table table(Console console, Iterable<JsonNode> versions) {
        Table table = new Table("NAME", "VERSION", "ALIASES", "TEST", "TRAIN", "JOB", "AGE");
        for (JsonNode version : versions) {
            table.add(
                    version.path("name").asText(),
                    version.path("version").asText(),
                    aliases(console, version),
                    percent(version.at("/metrics/test/accuracy")),
                    percent(version.at("/metrics/train/accuracy")),
                    orNone(version.path("job_key")),
                    age(version.path("created_at")));
        }
        return table;
    }

    private static String aliases(Console console, JsonNode version) {
        StringBuilder names = new StringBuilder();
        for (JsonNode alias : version.path("aliases")) {
            String name = alias.asText();
            names.append(names.isEmpty() ? "" : ",")
                    .append(name.equals("production") ? console.paint(Colour.GREEN, name) : name);
        }
        return names.isEmpty() ? NONE : names.toString();
    }
}
