package dev.trainyard.cli.predict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.PagedList;
import dev.trainyard.cli.json.Json;
import dev.trainyard.cli.terminal.InputFile;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard predict}: classifies images. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = "Predicts the digit in each PNG image.",
        footer = {"", "With --json: one object per line, with the file name and the gateway's response."})
public final class PredictCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "PNG file; - reads standard input.")
    private List<String> files;

    @Option(names = "--model", paramLabel = "NAME", description = "Name of the model. Default: DigitModel.")
    private String model;

    @Option(names = "--model-version", paramLabel = "N", description = "Use this version.")
    private Integer version;

    @Option(names = "--alias", paramLabel = "ALIAS", description = "Use the version that this alias points to.")
    private String alias;

    @Option(
            names = "--outliers",
            paramLabel = "accept|refuse",
            completionCandidates = Outliers.class,
            description = "Accept or refuse images that do not look like a digit. Default: refuse.")
    private String outliers;

    @Option(
            names = "--explain",
            description = "With --json: the normalised image and the pixels that support the prediction.")
    private boolean explain;

    public PredictCommand(CommandContext context) {
        this.context = context;
    }

    /** Sends each image separately; returns the exit status of the first failure. */
    @Override
    public Integer call() throws CommandException {
        GatewayClient gateway = context.gateway();
        String path = path();
        int exitCode = ExitCodes.SUCCESS;
        for (String file : files) {
            try {
                print(file, (ObjectNode) gateway.query(path, "image/png", InputFile.read(file, context.console())));
            } catch (CommandException e) {
                if (files.size() == 1 || e.exitCode() == ExitCodes.UNREACHABLE) {
                    throw e;
                }
                context.console().error(file + ": " + e.getMessage(), e.advice());
                exitCode = exitCode == ExitCodes.SUCCESS ? e.exitCode() : exitCode;
            }
        }
        return exitCode;
    }

    private String path() {
        StringBuilder query = new StringBuilder();
        add(query, "model", model);
        add(query, "version", version);
        add(query, "alias", alias);
        add(query, "outliers", outliers);
        add(query, "explain", explain ? "true" : null);
        return "/api/v1/predict" + (query.isEmpty() ? "" : "?" + query);
    }

    private static void add(StringBuilder query, String name, @Nullable Object value) {
        if (value != null) {
            query.append(query.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(PagedList.encoded(value.toString()));
        }
    }

    private void print(String file, ObjectNode answer) {
        if (context.console().json()) {
            ObjectNode line = Json.object().put("file", file);
            context.console().line(line.setAll(answer));
        } else {
            context.console().result(PredictionFormatter.of(file, answer));
        }
    }

    static final class Outliers implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("accept", "refuse").iterator();
        }
    }
}
