package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.ValueFormatter.percent;
import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Prints jobs side by side: the parameters that differ, and the results. */
final class JobComparison {
    private static final int SHORT_KEY = 8;
    /** Maximum number of columns. */
    private static final int MAX_JOBS = 10;

    private final CommandContext context;

    JobComparison(CommandContext context) {
        this.context = context;
    }

    int print(List<String> words) throws CommandException {
        if (words.size() > MAX_JOBS) {
            throw CommandException.usage(
                    "%d jobs cannot be compared; the maximum is %d.".formatted(words.size(), MAX_JOBS), null);
        }
        GatewayClient gateway = context.gateway();
        List<JsonNode> jobs = new ArrayList<>();
        for (String word : words) {
            jobs.add(JobKeys.job(gateway, JobKeys.resolve(gateway, word)));
        }
        Map<String, List<JsonNode>> differing =
                JsonDifferences.of(jobs.stream().map(job -> job.path("config")).toList());
        if (context.console().json()) {
            context.console().result(document(jobs, differing));
        } else {
            context.console().result(table(jobs, differing).toString());
        }
        return ExitCodes.SUCCESS;
    }

    private Table table(List<JsonNode> jobs, Map<String, List<JsonNode>> differing) {
        Table table = new Table();
        row(table, "", jobs, job -> job.path("key").asText().substring(0, SHORT_KEY));
        differing.forEach((path, values) -> row(
                table,
                path,
                values,
                value -> value.isMissingNode() ? "-" : value.isTextual() ? value.asText() : Json.text(value)));
        row(table, "status", jobs, job -> JobFormatter.painted(context.console(), job));
        row(table, "epochs", jobs, JobFormatter::epochs);
        row(table, "best validation", jobs, JobComparison::bestValidation);
        row(table, "train accuracy", jobs, job -> percent(job.at("/message/train/accuracy")));
        row(table, "test accuracy", jobs, JobFormatter::testAccuracy);
        row(table, "seconds", jobs, job -> text("%.1f", seconds(job)));
        row(table, "model", jobs, JobFormatter::model);
        return table;
    }

    private static void row(Table table, String name, List<JsonNode> values, Function<JsonNode, String> cell) {
        List<String> cells = new ArrayList<>(List.of(name));
        values.forEach(value -> cells.add(cell.apply(value)));
        table.add(cells.toArray(String[]::new));
    }

    private static String bestValidation(JsonNode job) {
        return StreamSupport.stream(job.path("history").spliterator(), false)
                .map(epoch -> epoch.at("/validation/accuracy"))
                .filter(JsonNode::isNumber)
                .max((a, b) -> Double.compare(a.asDouble(), b.asDouble()))
                .map(best -> percent(best))
                .orElse("-");
    }

    private static double seconds(JsonNode job) {
        return StreamSupport.stream(job.path("history").spliterator(), false)
                .mapToDouble(epoch -> epoch.path("seconds").asDouble())
                .sum();
    }

    private static ObjectNode document(List<JsonNode> jobs, Map<String, List<JsonNode>> differing) {
        ObjectNode document = Json.object();
        document.putArray("jobs").addAll(jobs);
        ObjectNode parameters = document.putObject("differing");
        differing.forEach((path, values) -> {
            ArrayNode row = parameters.putArray(path);
            values.forEach(value -> row.add(value.isMissingNode() ? null : value));
        });
        return document;
    }
}
