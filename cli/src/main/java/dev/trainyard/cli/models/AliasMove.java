package dev.trainyard.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.cli.CommandException;
import dev.trainyard.cli.ExitCodes;
import dev.trainyard.cli.CommandContext;
import dev.trainyard.cli.gateway.PagedList;

/** Moves an alias, and says where it points now. */
final class AliasMove {
    private final CommandContext session;

    AliasMove(CommandContext session) {
        this.session = session;
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
            model = session.gateway().post(path + "?alias=" + PagedList.encoded(alias));
        } catch (CommandException e) {
            throw ModelPaths.inWords(e);
        }
        if (session.console().json()) {
            session.console().result(model);
            return ExitCodes.DONE;
        }
        for (JsonNode pointer : model.path("aliases")) {
            if (pointer.path("alias").asText().equals(alias)) {
                session.console()
                        .result("%s of %s is version %s."
                                .formatted(alias, name, pointer.path("version").asText()));
                return ExitCodes.DONE;
            }
        }
        session.console().result("%s has no alias %s now.".formatted(name, alias));
        return ExitCodes.DONE;
    }
}
