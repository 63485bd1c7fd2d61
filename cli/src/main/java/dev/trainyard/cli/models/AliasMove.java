package dev.trainyard.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.gateway.PagedList;

/** Moves an alias and prints the version that it points to. */
final class AliasMove {
    private final CommandContext context;

    AliasMove(CommandContext context) {
        this.context = context;
    }

    int promote(String name, int version, String alias) throws CommandException {
        return move(ModelPaths.version(name, version) + "/promote", name, alias);
    }

    int rollBack(String name, String alias) throws CommandException {
        return move(ModelPaths.model(name) + "/rollback", name, alias);
    }

    private int move(String path, String name, String alias) throws CommandException {
        JsonNode model;
        try {
            model = context.gateway().post(path + "?alias=" + PagedList.encoded(alias));
        } catch (CommandException e) {
            throw ModelPaths.withCliAdvice(e);
        }
        if (context.console().json()) {
            context.console().result(model);
            return ExitCodes.SUCCESS;
        }
        for (JsonNode pointer : model.path("aliases")) {
            if (pointer.path("alias").asText().equals(alias)) {
                context.console()
                        .result("%s of %s is version %s."
                                .formatted(alias, name, pointer.path("version").asText()));
                return ExitCodes.SUCCESS;
            }
        }
        context.console().result("%s no longer has the alias %s.".formatted(name, alias));
        return ExitCodes.SUCCESS;
    }
}
