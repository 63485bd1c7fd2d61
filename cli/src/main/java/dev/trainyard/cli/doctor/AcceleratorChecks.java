package dev.trainyard.cli.doctor;

import static dev.trainyard.cli.terminal.ValueFormatter.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reports the GPUs of the trainers, and why trainers do not use them. */
final class AcceleratorChecks {
    private static final double GIB = 1024.0 * 1024 * 1024;

    private AcceleratorChecks() {}

    /** @param system answer of {@code GET /api/v1/system}; one without GPUs, or of an older gateway, gives no result */
    static List<CheckResult> of(JsonNode system) {
        List<CheckResult> found = new ArrayList<>();
        for (JsonNode gpu : system.path("accelerators")) {
            found.add(CheckResult.ok(
                    "Accelerator",
                    "GPU %s of %s: %s, %s, driver %s, compute capability %s, %s"
                            .formatted(
                                    gpu.path("index").asText(),
                                    gpu.path("trainer").asText(),
                                    gpu.path("name").asText(),
                                    memory(gpu),
                                    gpu.path("driver").asText(),
                                    gpu.path("compute_capability").asText("unknown"),
                                    gpu.path("used").asBoolean() ? "used" : "not used")));
        }
        for (JsonNode problem : system.path("device_problems")) {
            found.add(CheckResult.warning(
                    "Accelerator",
                    problem.path("trainer").asText() + " trains on the processor",
                    problem.path("problem").asText()));
        }
        return found;
    }

    private static String memory(JsonNode gpu) {
        String total = gibibytes(gpu.path("memory_total"));
        return gpu.path("memory_free").isNumber()
                ? "%s, %s free".formatted(total, gibibytes(gpu.path("memory_free")))
                : total;
    }

    private static String gibibytes(JsonNode bytes) {
        return bytes.isNumber() ? text("%.1f GiB", bytes.asDouble() / GIB) : "memory unknown";
    }
}
