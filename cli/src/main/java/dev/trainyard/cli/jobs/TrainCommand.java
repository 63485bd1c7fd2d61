package dev.trainyard.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.command.DurationConverter;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.Deadline;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.InterruptHint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trainyard train}: submits a training job. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Submits a training job and prints its key.",
        footer = {
            "",
            "Without a configuration: lenet5 on MnistDataset, 5 epochs, batches of 32.",
            "",
            "Examples:",
            "  ./trainyard train --network mlp --epochs 3 --set network_args.layer_sizes=[256,128] --wait",
            "  ./trainyard train --config config.json --set train_args.batch_size=64",
            "  ./trainyard train --config - --dry-run < config.json",
            "  ./trainyard jobs watch $(./trainyard train --epochs 2)"
        })
public final class TrainCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "File with the configuration as JSON; - reads standard input.")
    private String config;

    @Option(names = "--configs", paramLabel = "JSON", description = "Configuration as JSON.")
    private String configs;

    @Option(names = "--network", paramLabel = "NAME", description = "Such as lenet5 or mlp.")
    private String network;

    @Option(names = "--epochs", paramLabel = "N", description = "Number of epochs.")
    private Integer epochs;

    @Option(
            names = "--schedule-epochs",
            paramLabel = "N",
            description = "Epochs over which the learning rate falls; as many as --epochs by default.")
    private Integer scheduleEpochs;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "Engine that must train: vector, dl4j or libtorch; auto is the worker's choice.")
    private String engine;

    @Option(
            names = "--priority",
            paramLabel = "PRIORITY",
            description = "low, normal, high, or a number from 0 to 100; higher ones of a project run first.")
    private String priority;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Sets one field, such as train_args.batch_size=64. Repeatable.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--pool", paramLabel = "NAME", description = "Pool of trainers that may run the job.")
    private String pool;

    @Option(
            names = "--after",
            paramLabel = JobKeys.LABEL,
            description = "Starts the job once this one has succeeded: a key, a prefix of one, or latest. Repeatable.")
    private List<String> after = new ArrayList<>();

    @Option(
            names = "--idempotency-key",
            paramLabel = "TEXT",
            description = "A repeated submit with the same key within 24 hours creates no second job.")
    private String idempotencyKey;

    @Option(
            names = {"-w", "--wait"},
            description = "Watch the job until it ends.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Stop waiting after 90, 90s, 10m, 2h; the job continues.")
    private Duration timeout;

    @Option(names = "--dry-run", description = "Only print the plan and estimate; nothing is queued.")
    private boolean dryRun;

    public TrainCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        if (dryRun && (wait || timeout != null || idempotencyKey != null)) {
            throw CommandException.usage(
                    "--dry-run queues nothing, so there is nothing to wait for or to repeat.",
                    "Leave out --wait, --timeout and --idempotency-key.");
        }
        if (idempotencyKey != null && !idempotencyKey.matches("[\\x21-\\x7e]{1,255}")) {
            throw CommandException.usage(
                    "--idempotency-key must be 1 to 255 printable ASCII characters without spaces.", null);
        }
        ObjectNode configuration = TrainingConfiguration.of(config, configs, context.console())
                .network(network)
                .epochs(epochs)
                .scheduleEpochs(scheduleEpochs)
                .engine(engine)
                .pool(pool)
                .after(keys())
                .priority(priority)
                .set(settings)
                .json();
        return dryRun ? printPlan(configuration) : submit(configuration);
    }

    private List<String> keys() throws CommandException {
        List<String> keys = new ArrayList<>();
        for (String word : after) {
            keys.add(JobKeys.resolve(context.gateway(), word));
        }
        return keys;
    }

    private int printPlan(ObjectNode configuration) throws CommandException {
        byte[] body = Json.text(configuration).getBytes(StandardCharsets.UTF_8);
        JsonNode plan = context.gateway().query("/api/v1/train?dry_run=true", "application/json", body);
        if (context.console().json()) {
            context.console().result(plan);
        } else {
            context.console().result(DryRunFormatter.of(plan, Instant.now()));
        }
        return ExitCodes.SUCCESS;
    }

    private int submit(ObjectNode configuration) throws CommandException, InterruptedException {
        String submitKey = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
        Deadline deadline = Deadline.in(timeout);
        GatewayClient gateway = context.gateway(deadline);
        gateway.requireIntendedPlatform();
        try (InterruptHint hint =
                new InterruptHint(context.console(), "Interrupted. " + GatewayClient.resubmitHint(submitKey))) {
            JsonNode accepted = gateway.postIdempotent("/api/v1/train", configuration, submitKey);
            String key = gateway.text(accepted, "key");
            if (wait || timeout != null) {
                return new JobWatcher(context, gateway, key, deadline).follow(hint);
            }
            hint.close();
            print(accepted, key);
            return ExitCodes.SUCCESS;
        }
    }

    private void print(JsonNode accepted, String key) {
        if (context.console().json()) {
            context.console().result(accepted);
        } else {
            context.console().result(key);
        }
        context.console().note("Queued. Watch it: " + context.command("jobs watch " + key));
    }
}
