package dev.trainyard.cli.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard projects …}. */
@Command(
        name = "projects",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        addMethodSubcommands = false,
        description = "Lists projects and their usage; creates, changes and deletes them, for administrators of all.")
public final class ProjectsCommand extends CommandGroup {
    private static final String PATH = "/api/v1/projects";
    private static final String NONE = "none";
    private static final List<String> QUOTAS =
            List.of("max_queued", "max_running", "epochs_per_day", "stored_bytes", "predictions_per_second");

    public ProjectsCommand(CommandContext context) {
        super(context);
    }

    /** Weight and quotas of a project. */
    static final class Limits {
        @Option(names = "--weight", paramLabel = "N", description = "Share of the trainers, 1 to 1000.")
        @Nullable
        String weight;

        @Option(names = "--max-queued", paramLabel = "N", description = "Jobs that wait, or none for no limit.")
        @Nullable
        String maxQueued;

        @Option(names = "--max-running", paramLabel = "N", description = "Jobs that run at the same time, or none.")
        @Nullable
        String maxRunning;

        @Option(
                names = "--epochs-per-day",
                paramLabel = "N",
                description = "Epochs submitted within 24 hours, or none.")
        @Nullable
        String epochsPerDay;

        @Option(names = "--stored-bytes", paramLabel = "N", description = "Bytes of the files of models, or none.")
        @Nullable
        String storedBytes;

        @Option(
                names = "--predictions-per-second",
                paramLabel = "N",
                description = "Images in a second, on each gateway, or none.")
        @Nullable
        String predictionsPerSecond;

        void putIn(ObjectNode body) throws CommandException {
            put(body, "weight", weight);
            put(body, "max_queued", maxQueued);
            put(body, "max_running", maxRunning);
            put(body, "epochs_per_day", epochsPerDay);
            put(body, "stored_bytes", storedBytes);
            put(body, "predictions_per_second", predictionsPerSecond);
        }

        private static void put(ObjectNode body, String field, @Nullable String value) throws CommandException {
            if (value == null) {
                return;
            }
            if (value.equals(NONE)) {
                body.remove(field);
            } else if (value.matches("[0-9]{1,18}")) {
                body.put(field, Long.parseLong(value));
            } else {
                throw CommandException.usage(
                        "\"%s\" is no value for --%s.".formatted(value, field.replace('_', '-')),
                        "Write a whole number, or none.");
            }
        }
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists projects with their quotas.")
    int list() throws CommandException {
        JsonNode listing = context().gateway().get(PATH);
        if (context().console().json()) {
            context().console().result(listing);
            return ExitCodes.SUCCESS;
        }
        Table table = new Table("NAME", "WEIGHT", "QUEUED", "RUNNING", "EPOCHS/DAY", "BYTES", "PREDICTIONS/S");
        for (JsonNode project : listing.path("projects")) {
            table.add(
                    project.path("name").asText(),
                    project.path("weight").asText(),
                    limit(project.path("max_queued")),
                    limit(project.path("max_running")),
                    limit(project.path("epochs_per_day")),
                    limit(project.path("stored_bytes")),
                    limit(project.path("predictions_per_second")));
        }
        context().console().result(table.toString());
        return ExitCodes.SUCCESS;
    }

    private static String limit(JsonNode value) {
        return value.isNumber() ? value.asText() : NONE;
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a project.")
    int create(
            @Parameters(paramLabel = "NAME", description = "Lower-case letters, digits and hyphens.") String name,
            @ArgGroup(exclusive = false) @Nullable Limits limits)
            throws CommandException {
        ObjectNode body = Json.object().put("name", name);
        if (limits != null) {
            limits.putIn(body);
        }
        return print(context().gateway().post(PATH, body), "Created project %s.".formatted(name));
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Changes weight and quotas of a project; what is not named stays.")
    int set(
            @Parameters(paramLabel = "NAME", description = "The project.") String name,
            @ArgGroup(exclusive = false, multiplicity = "1") Limits limits)
            throws CommandException {
        ObjectNode body = Json.object();
        for (JsonNode project : context().gateway().get(PATH).path("projects")) {
            if (project.path("name").asText().equals(name)) {
                body.set("weight", project.path("weight"));
                QUOTAS.forEach(quota -> body.set(quota, project.path(quota).isNumber() ? project.path(quota) : null));
            }
        }
        limits.putIn(body);
        return print(context().gateway().put(path(name), body), "Changed project %s.".formatted(name));
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes an empty project.")
    int delete(@Parameters(paramLabel = "NAME", description = "The project.") String name) throws CommandException {
        context().gateway().delete(path(name));
        context().console().note("Deleted project %s.".formatted(name));
        return ExitCodes.SUCCESS;
    }

    @Command(name = "usage", mixinStandardHelpOptions = true, description = "Shows what a project uses of its quotas.")
    int usage(
            @Parameters(paramLabel = "NAME", arity = "0..1", description = "Default: the command's project.") @Nullable
                    String name)
            throws CommandException {
        String project = name == null
                ? context().gateway().get("/api/v1/me").path("project").asText()
                : name;
        JsonNode usage = context().gateway().get(path(project) + "/usage");
        if (context().console().json()) {
            context().console().result(usage);
            return ExitCodes.SUCCESS;
        }
        Table table = new Table("QUOTA", "USED", "LIMIT");
        for (String quota : QUOTAS) {
            JsonNode part = usage.path(quota);
            table.add(quota, part.path("used").asText("-"), limit(part.path("limit")));
        }
        context().console().result(table.toString());
        return ExitCodes.SUCCESS;
    }

    private static String path(String name) throws CommandException {
        if (!name.matches("[a-z0-9-]{1,40}")) {
            throw CommandException.usage(
                    "\"%s\" is not the name of a project.".formatted(name), "./trainyard projects ls lists them.");
        }
        return PATH + "/" + name;
    }

    private int print(JsonNode project, String done) {
        if (context().console().json()) {
            context().console().result(project);
        } else {
            context().console().note(done);
        }
        return ExitCodes.SUCCESS;
    }
}
