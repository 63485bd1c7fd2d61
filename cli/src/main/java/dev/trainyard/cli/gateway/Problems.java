package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.trainyard.cli.CommandFailure;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.Json;

/** The gateway's {@code problem+json} as words and an exit status. */
public final class Problems {
    private Problems() {}

    /** @param retryAfter the header; null where there is none */
    static CommandFailure failure(int status, String body, String retryAfter) {
        JsonNode problem = Json.read(body).orElse(MissingNode.getInstance());
        return new CommandFailure(exitCode(status), text(status, problem), advice(status, problem, retryAfter));
    }

    /** The sentence of {@code problem}, and each bad field on a line of its own. */
    public static String text(int status, JsonNode problem) {
        String none = "The gateway answered %d and did not say why.".formatted(status);
        StringBuilder text = new StringBuilder(problem.path("detail").asText(none));
        for (JsonNode error : problem.path("errors")) {
            text.append("%n  %s %s"
                    .formatted(
                            error.path("pointer").asText(), error.path("detail").asText()));
        }
        return text.toString();
    }

    public static int exitCode(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> ExitCodes.USAGE;
            case 404, 410 -> ExitCodes.NOT_FOUND;
            case 502, 503 -> ExitCodes.UNREACHABLE;
            case 504 -> ExitCodes.TIMEOUT;
            default -> ExitCodes.FAILED;
        };
    }

    private static String advice(int status, JsonNode problem, String retryAfter) {
        String request = problem.path("request_id").asText("");
        return switch (status) {
            case 401, 403 -> "The gateway's trainyard.admin.token must be in TRAINYARD_ADMIN_TOKEN.";
            case 429, 503 ->
                retryAfter == null ? "Try again in a moment." : "Try again in %s s.".formatted(retryAfter);
            case 500 -> "The gateway's log says why at request " + request + ".";
            default -> null;
        };
    }
}
