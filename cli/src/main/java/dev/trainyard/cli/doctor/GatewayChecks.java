package dev.trainyard.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.GatewayClient;
import dev.trainyard.cli.gateway.LocalPlatforms;
import dev.trainyard.launch.RunningPlatform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Checks that a gateway answers, and reads the state of its platform. */
final class GatewayChecks {
    /** Maximum number of jobs in one page of the gateway's list. */
    private static final int PAGE = 500;

    private static final int PORT = 8080;

    private final GatewayClient gateway;
    private final boolean explicitServer;

    /** @param explicitServer true if the user named the gateway, so that its absence is an error */
    GatewayChecks(GatewayClient gateway, boolean explicitServer) {
        this.gateway = gateway;
        this.explicitServer = explicitServer;
    }

    List<CheckResult> all() {
        JsonNode models;
        try {
            models = gateway.get("/api/v1/models/DigitModel");
        } catch (CommandException e) {
            if (e.exitCode() != ExitCodes.NOT_FOUND) {
                return unreachable(e);
            }
            models = MissingNode.getInstance();
        }
        List<CheckResult> checks = new ArrayList<>();
        checks.add(CheckResult.ok("Gateway", gateway.server() + " answers"));
        JsonNode production = models.path("production");
        checks.add(
                production.isInt()
                        ? CheckResult.ok("Model", "DigitModel version " + production + " answers")
                        : noModel());
        checks.add(run("Workers", this::workers));
        checks.add(run("Jobs", this::waiting));
        checks.add(run("Dead letters", this::deadLetters));
        checks.addAll(recordsAndModels());
        return checks;
    }

    private interface CheckSupplier {
        CheckResult run() throws CommandException;
    }

    private static CheckResult run(String name, CheckSupplier check) {
        try {
            return check.run();
        } catch (CommandException e) {
            return CheckResult.warning(name, e.getMessage(), e.advice());
        }
    }

    private static CheckResult noModel() {
        return CheckResult.warning("Model", "none is in production", "./trainyard train --wait trains one.");
    }

    private CheckResult workers() throws CommandException {
        JsonNode system = gateway.get("/api/v1/system");
        if (system.path("trouble").isTextual()) {
            return CheckResult.warning("Workers", system.path("trouble").asText(), "See the logs of up.");
        }
        List<String> present = new ArrayList<>();
        List<String> starting = new ArrayList<>();
        for (JsonNode worker : system.path("workers")) {
            boolean starts = worker.path("state").asText().equals("starting");
            (starts ? starting : present).add(worker.path("name").asText());
        }
        String found = present.isEmpty() ? "none yet" : String.join(", ", present) + " ready";
        if (!starting.isEmpty()) {
            return CheckResult.warning(
                    "Workers",
                    "%s; still starting: %s".formatted(found, String.join(", ", starting)),
                    "On a busy machine this takes minutes; see " + logs() + ".");
        }
        return present.isEmpty()
                ? CheckResult.warning("Workers", "none", "Jobs and predictions wait until ./trainyard up starts some.")
                : CheckResult.ok("Workers", found);
    }

    /** Path of the platform's log folder. */
    private String logs() {
        return LocalPlatforms.at(gateway.server())
                .map(platform -> platform.dataDir().resolve("log").toString())
                .orElse("the log of each worker");
    }

    private CheckResult waiting() throws CommandException {
        int running = jobs("training_in_progress");
        int queued = jobs("queued");
        String found = "%s training, %s queued".formatted(atLeast(running), atLeast(queued));
        return queued > 0 && running == 0
                ? CheckResult.warning(
                        "Jobs", found, "If this does not change, no trainer is running; see the logs of up.")
                : CheckResult.ok("Jobs", found);
    }

    private int jobs(String status) throws CommandException {
        return gateway.get("/api/v1/train?limit=%d&status=%s".formatted(PAGE, status))
                .path("jobs")
                .size();
    }

    private static String atLeast(int count) {
        return count + (count == PAGE ? " or more" : "");
    }

    private CheckResult deadLetters() throws CommandException {
        JsonNode listing = gateway.get("/api/v1/dead-letters?limit=100");
        int count = listing.path("dead_letters").size();
        return count == 0
                ? CheckResult.ok("Dead letters", "none")
                : CheckResult.warning(
                        "Dead letters",
                        count + (count == 100 ? " or more" : ""),
                        "GET /api/v1/dead-letters lists them.");
    }

    /** Reports nothing if all is well, or if an older gateway does not expose these fields. */
    private List<CheckResult> recordsAndModels() {
        JsonNode system;
        try {
            system = gateway.get("/api/v1/system");
        } catch (CommandException e) {
            return List.of(); // already reported under Workers
        }
        List<CheckResult> found = new ArrayList<>(AcceleratorChecks.of(system));
        long refused = system.path("unsent").path("quarantined").asLong();
        if (refused > 0) {
            found.add(CheckResult.warning(
                    "Refused records", String.valueOf(refused), "GET /api/v1/unsent-records lists them with reasons."));
        }
        JsonNode unsent = system.path("unsent");
        if (unsent.path("held").asLong() > 0) {
            found.add(CheckResult.warning(
                    "Refused topics",
                    unsent.path("held").asText() + " records are tried again",
                    unsent.path("held_reason").asText()));
        }
        for (JsonNode stopped : system.path("stopped")) {
            found.add(CheckResult.warning(
                    "Releases",
                    "%s-%s is not read past offset %s: %s"
                            .formatted(
                                    stopped.path("topic").asText(),
                                    stopped.path("partition").asText(),
                                    stopped.path("offset").asText(),
                                    stopped.path("reason").asText()),
                    "Upgrade the gateways; see docs/upgrades.md."));
        }
        for (JsonNode quarantined : system.path("quarantined")) {
            found.add(CheckResult.warning(
                    "Models",
                    "%s version %s is quarantined: %s crashed with %s"
                            .formatted(
                                    quarantined.path("name").asText(),
                                    quarantined.path("version").asText(),
                                    quarantined.path("predictor").asText(),
                                    quarantined.path("cause").asText()),
                    "Promote another version, or delete it: ./trainyard models rm; models release retries it."));
        }
        for (JsonNode problem : system.path("model_problems")) {
            found.add(CheckResult.warning(
                    "Models",
                    "%s cannot serve %s version %s: %s"
                            .formatted(
                                    problem.path("predictor").asText(),
                                    problem.path("name").asText(),
                                    problem.path("version").asText(),
                                    problem.path("detail").asText()),
                    "Fix the problem, promote another version, or delete it: ./trainyard models rm."));
        }
        return found;
    }

    private List<CheckResult> unreachable(CommandException e) {
        RunningPlatform platform = LocalPlatforms.at(gateway.server()).orElse(null);
        if (platform != null && e.exitCode() == ExitCodes.UNREACHABLE) {
            return List.of(CheckResult.warning(
                    "Gateway",
                    "./trainyard up is running with data in %s; its gateway at %s is not ready"
                            .formatted(platform.dataDir(), platform.url()),
                    "It is starting; see %s.".formatted(logs())));
        }
        if (explicitServer || e.exitCode() != ExitCodes.UNREACHABLE || !isFree()) {
            return List.of(CheckResult.broken("Gateway", e.getMessage(), e.advice()));
        }
        return List.of(CheckResult.ok("Gateway", "not running; port %d is free for ./trainyard up".formatted(PORT)));
    }

    private static boolean isFree() {
        try (ServerSocket socket = new ServerSocket(PORT, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
