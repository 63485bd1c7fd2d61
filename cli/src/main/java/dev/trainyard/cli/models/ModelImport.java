package dev.trainyard.cli.models;

import static dev.trainyard.cli.terminal.Words.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.Session;
import dev.trainyard.cli.gateway.Form;
import dev.trainyard.cli.gateway.GatewayClient;
import java.nio.file.Path;

/** Sends a model that was trained elsewhere, and waits until it is a version or is refused. */
final class ModelImport {
    private static final String TOKEN = "TRAINYARD_ADMIN_TOKEN";

    private final Session session;

    ModelImport(Session session) {
        this.session = session;
    }

    /**
     * @param name null for the default
     * @param reference null for none
     */
    int run(Path file, String name, Path reference) throws CommandFailure {
        GatewayClient gateway = session.gateway();
        Form form = new Form();
        if (name != null) {
            form.text("name", name);
        }
        form.file("model", file);
        if (reference != null) {
            form.file("reference", reference);
        }
        JsonNode job = gateway.postForm("/api/v1/models", form, token());
        String url = job.path("status_url").asText();
        session.console().note("Import %s is queued.".formatted(job.path("key").asText()));
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
        String status = job.path("status").asText();
        if (!status.equals("success")) {
            throw new CommandFailure(
                    status.equals("cancelled") ? ExitCodes.CANCELLED : ExitCodes.FAILED,
                    job.at("/error/message").asText("The import was cancelled."),
                    null);
        }
        if (session.console().json()) {
            session.console().result(job);
            return ExitCodes.DONE;
        }
        String name = job.at("/model/name").asText();
        int version = job.at("/model/version").asInt();
        session.console()
                .result(text(
                        "%s version %d: %.2f %% of MNIST's test images are right. %s says more.",
                        name,
                        version,
                        100 * job.at("/message/test/accuracy").asDouble(),
                        session.command("models show %s %d".formatted(name, version))));
        return ExitCodes.DONE;
    }
}
