package dev.trainyard.cli;

import dev.trainyard.validation.SpellingSuggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code trainyard help}: the same as {@code --help} behind a command, also behind one of a group. */
@Command(
        name = "help",
        mixinStandardHelpOptions = true,
        helpCommand = true,
        description = "Says what can be written behind a command.")
final class HelpCommand implements Callable<Integer> {
    private final Session session;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "Such as train, or jobs ls; by default all.")
    private List<String> words = new ArrayList<>();

    HelpCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws CommandFailure {
        CommandLine command = spec.root().commandLine();
        for (String word : words) {
            CommandLine inner = command.getSubcommands().get(word);
            if (inner == null) {
                throw CommandFailure.usage(
                        "%s has no command %s."
                                .formatted(command.getCommandSpec().qualifiedName(), word),
                        SpellingSuggestion.didYouMean(
                                        word, command.getSubcommands().keySet())
                                + "./%s --help lists them."
                                        .formatted(command.getCommandSpec().qualifiedName()));
            }
            command = inner;
        }
        command.usage(command.getOut(), session.resultColours());
        return ExitCodes.DONE;
    }
}
