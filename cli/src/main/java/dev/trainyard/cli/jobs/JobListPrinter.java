package dev.trainyard.cli.jobs;

import static dev.trainyard.cli.terminal.ValueFormatter.age;
import static dev.trainyard.cli.terminal.ValueFormatter.orNone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.PagedList;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Table;
import dev.trainyard.job.JobStatus;
import java.util.ArrayList;
import java.util.List;

/** Prints the jobs, newest first. */
final class JobListPrinter {
    private final CommandContext context;

    JobListPrinter(CommandContext context) {
        this.context = context;
    }

    /** Lists jobs with this status and of this pool; null for all. */
    int print(String status, String pool, int limit) throws CommandException {
        GatewayClient gateway = context.gateway();
        Console console = context.console();
        List<String> filters = new ArrayList<>();
        if (status != null) {
            filters.add("status=" + PagedList.encoded(wireName(status)));
        }
        if (pool != null) {
            filters.add("pool=" + PagedList.encoded(pool));
        }
        String query = filters.isEmpty() ? "" : "?" + String.join("&", filters);
        PagedList.Result found = PagedList.read(gateway, "/api/v1/train" + query, "jobs", limit);
        if (console.json()) {
            console.result(document(found));
            return ExitCodes.SUCCESS;
        }
        if (found.items().isEmpty()) {
            console.note("No matching jobs. Submit one: " + context.command("train --epochs 2"));
            return ExitCodes.SUCCESS;
        }
        Table table = new Table("KEY", "STATUS", "NETWORK", "EPOCHS", "TEST", "MODEL", "AGE");
        for (JsonNode job : found.items()) {
            table.add(
                    job.path("key").asText(),
                    JobFormatter.painted(console, job),
                    orNone(job.at("/config/network")),
                    JobFormatter.epochs(job),
                    JobFormatter.testAccuracy(job),
                    JobFormatter.model(job),
                    age(job.path("created_at")));
        }
        console.result(table.toString());
        if (found.more()) {
            console.note("There are more; --limit or --all shows them.");
        }
        return ExitCodes.SUCCESS;
    }

    /** An unknown status is passed on, so that the gateway's error lists the valid ones. */
    private static String wireName(String status) {
        return JobStatus.findByAnyName(status).map(JobStatus::wireName).orElse(status);
    }

    private static ObjectNode document(PagedList.Result found) {
        ObjectNode document = Json.object();
        ArrayNode jobs = document.putArray("jobs");
        found.items().forEach(jobs::add);
        document.put("more", found.more());
        return document;
    }
}
