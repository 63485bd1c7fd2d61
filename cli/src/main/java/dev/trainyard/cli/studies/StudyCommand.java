package dev.trainyard.cli.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.CommandGroup;
import dev.trainyard.cli.command.DurationConverter;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.PagedList;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.Console;
import dev.trainyard.cli.terminal.InputFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard study …}. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        addMethodSubcommands = false,
        description = "Searches for good hyper-parameters with many trials.")
public final class StudyCommand extends CommandGroup {
    private static final int ALL_TRIALS = 10_000;

    public StudyCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Begins a study and prints its id.",
            footer = {"", "Example: ./trainyard study create study.json --wait"})
    int create(
            @Parameters(paramLabel = "FILE", description = "Request as JSON; - reads standard input.") String file,
            @Option(
                            names = "--idempotency-key",
                            paramLabel = "TEXT",
                            description =
                                    "A repeated command with the same key within 24 hours begins no second study.")
                    @Nullable
                    String idempotencyKey,
            @Option(
                            names = {"-w", "--wait"},
                            description = "Watch the study until it ends.")
                    boolean wait,
            @Option(names = "--dry-run", description = "Only print an estimate; nothing is queued.") boolean dryRun)
            throws CommandException, InterruptedException {
        byte[] body = InputFile.read(file, context().console());
        JsonNode request = Json.read(new String(body, StandardCharsets.UTF_8))
                .filter(JsonNode::isObject)
                .orElseThrow(() -> CommandException.usage(file + " is not a JSON object.", null));
        GatewayClient gateway = context().gateway();
        if (dryRun) {
            JsonNode plan = gateway.query(StudyKeys.LIST + "?dry_run=true", "application/json", body);
            print(plan, StudyFormatter.plan(plan));
            return ExitCodes.SUCCESS;
        }
        gateway.requireIntendedPlatform();
        String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
        JsonNode study = gateway.postIdempotent(StudyKeys.LIST, request, key);
        String id = gateway.text(study, "id");
        if (wait) {
            context().console().note("Study " + id);
            return new StudyWatcher(context(), gateway, id, Deadline.NEVER).follow();
        }
        print(study, id);
        return ExitCodes.SUCCESS;
    }

    private void print(JsonNode json, String text) {
        if (context().console().json()) {
            context().console().result(json);
        } else {
            context().console().result(text);
        }
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists studies, the newest first.")
    int list(
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Maximum number (default 20).")
                    int limit)
            throws CommandException {
        Console console = context().console();
        PagedList.Result found = PagedList.read(context().gateway(), StudyKeys.LIST, "studies", limit);
        ObjectNode document = Json.object();
        ArrayNode studies = document.putArray("studies");
        found.items().forEach(studies::add);
        document.put("more", found.more());
        if (found.items().isEmpty() && !console.json()) {
            console.note("No studies. Begin one: " + context().command("study create study.json"));
            return ExitCodes.SUCCESS;
        }
        print(document, StudyFormatter.list(console, found.items()));
        return ExitCodes.SUCCESS;
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a study and its trials.")
    int show(@Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word)
            throws CommandException {
        GatewayClient gateway = context().gateway();
        String id = StudyKeys.resolve(gateway, word);
        JsonNode study = StudyKeys.study(gateway, id);
        List<JsonNode> trials = PagedList.read(gateway, StudyKeys.path(id) + "/trials", "trials", ALL_TRIALS)
                .items();
        ObjectNode document = study.deepCopy();
        ArrayNode all = document.putArray("trials");
        trials.forEach(all::add);
        print(document, StudyFormatter.details(context().console(), study, trials));
        return ExitCodes.SUCCESS;
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "Follows a study until it ends; the exit status reflects the result.",
            footer = {"", "Ctrl-C stops watching; the study continues."})
    int watch(
            @Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word,
            @Option(
                            names = "--timeout",
                            paramLabel = "TIME",
                            converter = DurationConverter.class,
                            description = "Stop watching after 90, 90s, 10m, 2h, with exit status 124.")
                    @Nullable
                    Duration timeout)
            throws CommandException, InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        GatewayClient gateway = context().gateway(deadline);
        return new StudyWatcher(context(), gateway, StudyKeys.resolve(gateway, word), deadline).follow();
    }

    @Command(name = "best", mixinStandardHelpOptions = true, description = "Shows the best trial so far.")
    int best(@Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word)
            throws CommandException {
        GatewayClient gateway = context().gateway();
        JsonNode trial = gateway.get(StudyKeys.path(StudyKeys.resolve(gateway, word)) + "/best");
        print(trial, StudyFormatter.trial(trial));
        return ExitCodes.SUCCESS;
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Pauses a study and its trials.")
    int pause(@Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word)
            throws CommandException {
        return act(word, "pause");
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets a paused study go on.")
    int resume(@Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word)
            throws CommandException {
        return act(word, "resume");
    }

    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Ends a study and its trials.")
    int cancel(@Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word)
            throws CommandException {
        return act(word, "cancel");
    }

    private int act(String word, String action) throws CommandException {
        GatewayClient gateway = context().gateway();
        return printed(gateway.post(StudyKeys.path(StudyKeys.resolve(gateway, word)) + "/" + action));
    }

    private int printed(JsonNode study) {
        print(
                study,
                "Study %s: %s"
                        .formatted(
                                study.path("id").asText(), study.path("status").asText()));
        return ExitCodes.SUCCESS;
    }

    /** The limits that can be raised. */
    static final class Limits {
        @Option(names = "--max-trials", paramLabel = "N", description = "Number of trials.")
        @Nullable
        Integer maxTrials;

        @Option(names = "--parallel-trials", paramLabel = "N", description = "Trials at a time.")
        @Nullable
        Integer parallelTrials;

        @Option(names = "--max-failed-trials", paramLabel = "N", description = "Failed trials that end it.")
        @Nullable
        Integer maxFailedTrials;

        @Option(names = "--max-seconds", paramLabel = "N", description = "Time for which it runs.")
        @Nullable
        Integer maxSeconds;

        @Option(names = "--max-epochs-total", paramLabel = "N", description = "Epochs of all trials.")
        @Nullable
        Integer maxEpochsTotal;

        ObjectNode json() {
            ObjectNode body = Json.object();
            put(body, "max_trials", maxTrials);
            put(body, "parallel_trials", parallelTrials);
            put(body, "max_failed_trials", maxFailedTrials);
            put(body, "max_seconds", maxSeconds);
            put(body, "max_epochs_total", maxEpochsTotal);
            return body;
        }

        private static void put(ObjectNode body, String name, @Nullable Integer value) {
            if (value != null) {
                body.put(name, value);
            }
        }
    }

    @Command(
            name = "extend",
            mixinStandardHelpOptions = true,
            description = "Raises limits of a study; one that has ended goes on with new trials.")
    int extend(
            @Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word,
            @ArgGroup(exclusive = false, multiplicity = "1") Limits limits)
            throws CommandException {
        GatewayClient gateway = context().gateway();
        return printed(gateway.post(StudyKeys.path(StudyKeys.resolve(gateway, word)) + "/extend", limits.json()));
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Decides a study again from its events; exit status 1 if a decision differs.",
            footer = {"", "Example: ./trainyard study replay latest --verify"})
    int replay(
            @Parameters(paramLabel = StudyKeys.LABEL, description = StudyKeys.DESCRIPTION) String word,
            @Option(
                            names = "--verify",
                            description =
                                    "Then run the job of the best trial again and compare its weights; it must be published.")
                    boolean verify)
            throws CommandException {
        GatewayClient gateway = context().gateway();
        String id = StudyKeys.resolve(gateway, word);
        JsonNode result = gateway.post(StudyKeys.path(id) + "/replay");
        if (!result.path("same").asBoolean()) {
            throw differs(result);
        }
        String decisions = "%s decisions, all the same".formatted(result.path("decisions"));
        if (verify) {
            context().console().note(decisions);
            return new WinnerVerification(context(), gateway).run(id, result);
        }
        print(result, decisions);
        return ExitCodes.SUCCESS;
    }

    private CommandException differs(JsonNode result) {
        if (context().console().json()) {
            context().console().result(result);
        }
        JsonNode difference = result.path("difference");
        return new CommandException(
                ExitCodes.FAILED,
                "Event %s differs. Logged: %s. Computed: %s."
                        .formatted(
                                difference.path("event"),
                                difference.path("logged").asText(),
                                difference.path("computed").asText()),
                null);
    }
}
