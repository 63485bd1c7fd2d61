package dev.trainyard.cli.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.PagedList;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.Table;
import dev.trainyard.cli.terminal.ValueFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trainyard audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Lists who changed what, and from where, the newest first; for administrators.",
        footer = {"", "With --project only changes in that project."})
public final class AuditCommand implements Callable<Integer> {
    private static final String PATH = "/api/v1/audit";

    private final CommandContext context;

    @Option(names = "--actor", paramLabel = "ACTOR", description = "Only changes by this name, token id or subject.")
    private String actor;

    @Option(names = "--action", paramLabel = "ACTION", description = "Only this action, such as job.cancel.")
    private String action;

    @Option(names = "--object", paramLabel = "ID", description = "Only changes of this job, model or token.")
    private String object;

    @Option(names = "--since", paramLabel = "TIME", description = "At or after a time such as 2026-01-31T08:00:00Z.")
    private String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before a time such as 2026-01-31T08:00:00Z.")
    private String until;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "Maximum number (default 20).")
    private int limit;

    @Option(names = "--all", description = "List all.")
    private boolean all;

    public AuditCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException {
        PagedList.Result found =
                PagedList.read(context.gateway(), PATH + query(), "entries", all ? Integer.MAX_VALUE : limit);
        Console console = context.console();
        if (console.json()) {
            console.result(document(found));
            return ExitCodes.SUCCESS;
        }
        if (found.items().isEmpty()) {
            console.note("No matching changes.");
            return ExitCodes.SUCCESS;
        }
        Table table = new Table("TIME", "ACTOR", "ACTION", "OBJECT", "PROJECT", "FROM");
        for (JsonNode entry : found.items()) {
            table.add(
                    entry.path("at").asText(),
                    entry.at("/actor/name").asText(),
                    entry.path("action").asText(),
                    entry.at("/object/kind").asText() + " "
                            + entry.at("/object/id").asText(),
                    entry.path("project").asText(),
                    ValueFormatter.orNone(entry.path("address")));
        }
        console.result(table.toString());
        if (found.more()) {
            console.note("There are more; --limit or --all shows them.");
        }
        return ExitCodes.SUCCESS;
    }

    private String query() throws CommandException {
        Map<String, String> filters = new LinkedHashMap<>();
        filters.put("actor", actor);
        filters.put("action", action);
        filters.put("object", object);
        filters.put("project", context.project());
        filters.put("since", since);
        filters.put("until", until);
        return filters.entrySet().stream()
                .filter(filter -> filter.getValue() != null)
                .map(filter -> filter.getKey() + "=" + PagedList.encoded(filter.getValue()))
                .collect(Collectors.collectingAndThen(
                        Collectors.joining("&"), joined -> joined.isEmpty() ? "" : "?" + joined));
    }

    private static ObjectNode document(PagedList.Result found) {
        ObjectNode document = Json.object();
        ArrayNode entries = document.putArray("entries");
        found.items().forEach(entries::add);
        document.put("more", found.more());
        return document;
    }
}
