package dev.trainyard.cli.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns {@code application/problem+json} responses into error messages and exit statuses. */
final class ProblemMapper {
    /**
     * With these statuses a gateway always sends a problem document; without one the response is from a proxy or
     * another server.
     */
    private static final Set<Integer> NON_GATEWAY_STATUSES = Set.of(401, 403, 404, 405, 406, 407, 410, 501);

    private ProblemMapper() {}

    /**
     * Maps a response that is not successful.
     *
     * @param retryAfter value of the header; null if it is missing
     */
    static CommandException failure(String server, int status, String body, @Nullable String retryAfter) {
        JsonNode problem = Json.read(body).orElse(MissingNode.getInstance());
        if (!problem.path("detail").isTextual() && (status < 400 || NON_GATEWAY_STATUSES.contains(status))) {
            return ConnectionErrors.noGateway(server, "it answered " + status);
        }
        return new CommandException(exitCode(status), text(status, problem), advice(status, problem, retryAfter));
    }

    /** The problem's detail, followed by one line for each invalid field. */
    private static String text(int status, JsonNode problem) {
        String none = "The gateway or a proxy answered %d without a reason.".formatted(status);
        StringBuilder text = new StringBuilder(problem.path("detail").asText(none));
        for (JsonNode error : problem.path("errors")) {
            text.append("%n  %s %s"
                    .formatted(
                            error.path("pointer").asText(), error.path("detail").asText()));
        }
        return text.toString();
    }

    private static int exitCode(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> ExitCodes.USAGE;
            case 404, 410 -> ExitCodes.NOT_FOUND;
            case 502, 503 -> ExitCodes.UNREACHABLE;
            case 504 -> ExitCodes.TIMEOUT;
            default -> ExitCodes.FAILED;
        };
    }

    private static @Nullable String advice(int status, JsonNode problem, @Nullable String retryAfter) {
        return switch (status) {
            case 401 ->
                "Run ./trainyard login, or set TRAINYARD_TOKEN; an import without access tokens needs TRAINYARD_ADMIN_TOKEN.";
            case 429, 503 ->
                retryAfter != null && retryAfter.matches("[0-9]{1,6}")
                        ? "Try again in %s s.".formatted(retryAfter)
                        : "Try again in a moment.";
            case 500 ->
                problem.path("request_id").isTextual()
                        ? "See the gateway's log for request "
                                + problem.path("request_id").asText() + "."
                        : "See the gateway's log.";
            case 502, 504 -> "./trainyard doctor shows the state of the gateway.";
            default -> null;
        };
    }
}
