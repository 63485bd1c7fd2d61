package dev.trainyard.cli.models;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.PagedList;

/** REST paths of models. */
final class ModelPaths {
    private ModelPaths() {}

    static String model(String name) {
        return "/api/v1/models/" + PagedList.encoded(name);
    }

    static String version(String name, int version) {
        return model(name) + "/versions/" + version;
    }

    /** Replaces the gateway's hint about REST paths by one for the command line. */
    static CommandException withCliAdvice(CommandException failure) {
        if (failure.exitCode() != ExitCodes.NOT_FOUND) {
            return failure;
        }
        String what =
                String.valueOf(failure.getMessage()).replaceAll("; GET /api/v1/models\\S* lists [a-z ]+\\.$", ".");
        return new CommandException(ExitCodes.NOT_FOUND, what, "./trainyard models ls lists models.");
    }
}
