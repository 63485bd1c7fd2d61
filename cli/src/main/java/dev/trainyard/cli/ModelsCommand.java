package dev.trainyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trainyard models …}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Sees to models.")
final class ModelsCommand implements Runnable {
    private static final String TOKEN = "TRAINYARD_ADMIN_TOKEN";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Publishes a model that was trained elsewhere as the next version of a model.",
            footer = {
                "",
                "For administrators: TRAINYARD_ADMIN_TOKEN must hold the gateway's trainyard.admin.token.",
                "FILE is Keras 2 HDF5 (of model.save) or ONNX, opset 13 to 21, of images of 28x28 with pixels from 0 to 1."
            })
    int importModel(
            @Parameters(paramLabel = "FILE", description = "weights.h5 or model.onnx") Path file,
            @Option(names = "--name", paramLabel = "NAME", description = "Of the model; by default DigitModel.")
                    String name,
            @Option(
                            names = "--reference",
                            paramLabel = "FILE.npz",
                            description = "NumPy archive of images (bytes) and the probabilities (float32) that the "
                                    + "model must give for them.")
                    Path reference,
            @Option(
                            names = "--server",
                            paramLabel = "URL",
                            defaultValue = "${env:TRAINYARD_SERVER:-http://127.0.0.1:8080}",
                            description = "Gateway; by default $TRAINYARD_SERVER or ${DEFAULT-VALUE}.")
                    URI server)
            throws CommandFailure {
        GatewayClient gateway = new GatewayClient(server);
        Map<String, String> texts = name == null ? Map.of() : Map.of("name", name);
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("model", file);
        if (reference != null) {
            files.put("reference", reference);
        }
        JsonNode job = gateway.postForm("/api/v1/models", texts, files, token());
        String url = job.path("status_url").asText();
        spec.commandLine()
                .getErr()
                .printf("Import %s is queued.%n", job.path("key").asText());
        while (!isOver(job.path("status").asText())) {
            // held by the gateway until there is news
            job = gateway.get(url + "?wait=20");
        }
        return tell(job);
    }

    /** What is set for this process alone: an option would be seen by everybody who lists processes. */
    private static String token() {
        String set = System.getProperty(TOKEN, System.getenv(TOKEN));
        return set == null || set.isBlank() ? null : set;
    }

    private static boolean isOver(String status) {
        return status.equals("success") || status.equals("failed") || status.equals("cancelled");
    }

    private int tell(JsonNode job) throws CommandFailure {
        if (!job.path("status").asText().equals("success")) {
            throw new CommandFailure(
                    CommandFailure.FAILED, job.at("/error/message").asText("The import was cancelled."));
        }
        spec.commandLine()
                .getOut()
                .printf(
                        java.util.Locale.ROOT,
                        "%s version %d: %.2f %% of MNIST's test images are right. /api/v1/models/%s/versions/%d says more.%n",
                        job.at("/model/name").asText(),
                        job.at("/model/version").asInt(),
                        100 * job.at("/message/test/accuracy").asDouble(),
                        job.at("/model/name").asText(),
                        job.at("/model/version").asInt());
        return CommandLine.ExitCode.OK;
    }
}
