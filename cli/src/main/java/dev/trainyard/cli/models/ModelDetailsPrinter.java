package dev.trainyard.cli.models;

import static dev.trainyard.cli.terminal.ValueFormatter.orNone;
import static dev.trainyard.cli.terminal.ValueFormatter.percent;
import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Table;

/** Prints the details of a model or of one version. */
final class ModelDetailsPrinter {
    private final CommandContext context;

    ModelDetailsPrinter(CommandContext context) {
        this.context = context;
    }

    int print(String name) throws CommandException {
        JsonNode model = read(ModelPaths.model(name));
        Console console = context.console();
        if (console.json()) {
            console.result(model);
            return ExitCodes.SUCCESS;
        }
        Table head = new Table("Model", model.path("name").asText());
        model.path("aliases")
                .forEach(alias -> head.add(
                        alias.path("alias").asText(),
                        "version " + alias.path("version").asText()));
        JsonNode route = model.path("route");
        if (route.path("canary_share").asDouble() > 0
                || route.path("shadow_share").asDouble() > 0) {
            head.add("Canary share", percent(route.path("canary_share")));
            head.add("Shadow share", percent(route.path("shadow_share")));
        }
        Table moves = new Table("AT", "ALIAS", "FROM", "TO", "REASON");
        model.path("moves")
                .forEach(move -> moves.add(
                        orNone(move.path("at")),
                        orNone(move.path("alias")),
                        orNone(move.path("from")),
                        orNone(move.path("to")),
                        orNone(move.path("reason"))));
        console.result("%s%n%n%s%n%n%s".formatted(head, ModelListPrinter.table(console, model.path("models")), moves));
        return ExitCodes.SUCCESS;
    }

    int print(String name, int version) throws CommandException {
        JsonNode model = read(ModelPaths.version(name, version));
        Console console = context.console();
        if (console.json()) {
            console.result(model);
            return ExitCodes.SUCCESS;
        }
        JsonNode lineage = model.path("lineage");
        Table sheet = new Table("Model", "%s version %d".formatted(name, version));
        sheet.add("Aliases", model.path("aliases").isEmpty() ? "-" : aliases(model));
        JsonNode quarantine = model.path("quarantine");
        if (quarantine.isObject()) {
            sheet.add(
                    "Quarantine",
                    "%s crashed with %s at %s; models release retries it"
                            .formatted(
                                    quarantine.path("predictor").asText(),
                                    quarantine.path("cause").asText(),
                                    quarantine.path("at").asText()));
        }
        sheet.add("Test accuracy", percent(model.at("/metrics/test/accuracy")));
        sheet.add("Train accuracy", percent(model.at("/metrics/train/accuracy")));
        sheet.add("Created", orNone(model.path("created_at")));
        if (model.path("deleted_at").isTextual()) {
            sheet.add("Deleted", model.path("deleted_at").asText());
        }
        sheet.add("Job", orNone(model.path("job_key")));
        sheet.add("Network", orNone(lineage.path("network")));
        sheet.add("Seed", orNone(lineage.path("seed")));
        sheet.add("Engine", orNone(lineage.path("engine")));
        sheet.add("Dataset", orNone(lineage.path("dataset")) + " " + orNone(lineage.path("dataset_sha256")));
        sheet.add("Weights", orNone(lineage.path("weights_sha256")));
        sheet.add(
                "ONNX",
                text(
                        "%s, %,d bytes",
                        orNone(model.path("onnx_sha256")),
                        model.path("onnx_size").asLong()));
        sheet.add("Configuration", Json.text(lineage.path("config")));
        console.result(sheet.toString());
        return ExitCodes.SUCCESS;
    }

    private JsonNode read(String path) throws CommandException {
        try {
            return context.gateway().get(path);
        } catch (CommandException e) {
            throw ModelPaths.withCliAdvice(e);
        }
    }

    private static String aliases(JsonNode model) {
        StringBuilder names = new StringBuilder();
        model.path("aliases")
                .forEach(alias -> names.append(names.isEmpty() ? "" : ", ").append(alias.asText()));
        return names.toString();
    }
}
