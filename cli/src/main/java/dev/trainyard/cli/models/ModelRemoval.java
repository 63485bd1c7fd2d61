package dev.trainyard.cli.models;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.cli.json.Json;

/** Deletes models, versions and the production alias after confirmation, and releases versions from quarantine. */
final class ModelRemoval {
    private final CommandContext context;
    private final boolean confirmed;

    ModelRemoval(CommandContext context, boolean confirmed) {
        this.context = context;
        this.confirmed = confirmed;
    }

    int retire(String name) throws CommandException {
        confirm("no version of %s would answer by default any more".formatted(name));
        delete(ModelPaths.model(name) + "/aliases/production");
        return printResult(name, "retired", "%s is retired: none of its versions answers by default.".formatted(name));
    }

    int model(String name) throws CommandException {
        confirm("%s would be deleted, with all its versions, their files and its aliases".formatted(name));
        delete(ModelPaths.model(name));
        return printResult(name, "deleted", "%s is deleted.".formatted(name));
    }

    int version(String name, int version) throws CommandException {
        confirm("version %d of %s would be deleted, with its file".formatted(version, name));
        delete(ModelPaths.version(name, version));
        return printResult(name, "deleted", "Version %d of %s is deleted.".formatted(version, name));
    }

    int release(String name, int version) throws CommandException {
        try {
            context.gateway().post(ModelPaths.version(name, version) + "/release-quarantine");
        } catch (CommandException e) {
            throw ModelPaths.withCliAdvice(e);
        }
        return printResult(name, "released", "Predictors may load version %d of %s again.".formatted(version, name));
    }

    private void confirm(String consequence) throws CommandException {
        if (!confirmed) {
            throw CommandException.usage("This needs confirmation: " + consequence + ".", "Add --yes to do it.");
        }
    }

    private void delete(String path) throws CommandException {
        try {
            context.gateway().delete(path);
        } catch (CommandException e) {
            throw ModelPaths.withCliAdvice(e);
        }
    }

    private int printResult(String name, String what, String sentence) {
        if (context.console().json()) {
            context.console().result(Json.object().put("name", name).put("result", what));
        } else {
            context.console().result(sentence);
        }
        return ExitCodes.SUCCESS;
    }
}
