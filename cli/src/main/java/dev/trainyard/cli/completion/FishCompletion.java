package dev.trainyard.cli.completion;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Completion script for fish, which picocli cannot generate. */
final class FishCompletion {
    private static final String LINE = "complete -c trainyard -n '%s' %s";

    private final List<String> lines = new ArrayList<>();

    private FishCompletion() {}

    static String of(CommandSpec root) {
        FishCompletion completion = new FishCompletion();
        completion.lines.add("# Completion of trainyard for fish");
        completion.command(root, "__fish_use_subcommand");
        root.subcommands().forEach((name, command) -> completion.group(name, command.getCommandSpec()));
        return String.join(System.lineSeparator(), completion.lines);
    }

    private void group(String name, CommandSpec group) {
        String names = String.join(" ", group.subcommands().keySet());
        String here = "__fish_seen_subcommand_from " + name;
        if (names.isEmpty()) {
            command(group, here);
            return;
        }
        command(group, here + "; and not __fish_seen_subcommand_from " + names);
        group.subcommands()
                .forEach((inner, command) ->
                        command(command.getCommandSpec(), here + "; and __fish_seen_subcommand_from " + inner));
    }

    private void command(CommandSpec command, String where) {
        command.subcommands().forEach((name, inner) -> add(where, "-f -a " + name, description(inner)));
        command.positionalParameters().stream()
                .filter(parameter -> parameter.completionCandidates() != null)
                .forEach(parameter ->
                        add(where, "-f" + candidates(parameter), String.join(" ", parameter.description())));
        command.options().forEach(option -> option(option, where));
    }

    private static String description(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        return String.join(" ", usage.description().length > 0 ? usage.description() : usage.header());
    }

    private void option(OptionSpec option, String where) {
        StringBuilder words = new StringBuilder();
        for (String name : option.names()) {
            words.append(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                    .append(' ');
        }
        if (option.arity().max() > 0) {
            words.append("-r").append(option.completionCandidates() == null ? "" : " -f" + candidates(option));
        }
        add(where, words.toString().strip(), String.join(" ", option.description()));
    }

    private static String candidates(ArgSpec argument) {
        return " -a '" + String.join(" ", argument.completionCandidates()) + "'";
    }

    private void add(String where, String words, String description) {
        String quoted = description.replace("\\", "\\\\").replace("'", "\\'");
        lines.add(LINE.formatted(where, words) + " -d '%s'".formatted(quoted));
    }
}
