package dev.trainyard.cli;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import dev.trainyard.validation.SpellingSuggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code trainyard help COMMAND}: the same as {@code --help} after a command or subcommand. */
@Command(
        name = "help",
        mixinStandardHelpOptions = true,
        helpCommand = true,
        description = "Shows the help of a command.")
final class HelpCommand implements Callable<Integer> {
    private final CommandContext context;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "Command such as train or jobs ls. Default: all.")
    private List<String> words = new ArrayList<>();

    HelpCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException {
        CommandLine command = spec.root().commandLine();
        for (String word : words) {
            CommandLine inner = command.getSubcommands().get(word);
            if (inner == null) {
                throw CommandException.usage(
                        "%s has no command %s."
                                .formatted(command.getCommandSpec().qualifiedName(), word),
                        SpellingSuggestion.didYouMean(
                                        word, command.getSubcommands().keySet())
                                + "./%s --help lists the commands."
                                        .formatted(command.getCommandSpec().qualifiedName()));
            }
            command = inner;
        }
        command.usage(command.getOut(), context.resultColours());
        return ExitCodes.SUCCESS;
    }
}
