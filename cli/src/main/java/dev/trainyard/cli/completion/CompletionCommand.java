package dev.trainyard.cli.completion;

import dev.trainyard.cli.command.CommandContext;
import dev.trainyard.cli.error.CommandException;
import dev.trainyard.cli.error.ExitCodes;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code trainyard completion}: prints a shell completion script. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a completion script for a shell.",
        footer = {
            "",
            "  bash  source <(./trainyard completion bash)",
            "  zsh   source <(./trainyard completion zsh)",
            "  fish  ./trainyard completion fish | source"
        })
public final class CompletionCommand implements Callable<Integer> {
    private final CommandContext context;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.", completionCandidates = Shells.class)
    private String shell;

    public CompletionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws CommandException {
        CommandLine root = spec.root().commandLine();
        String script =
                switch (shell) {
                    case "bash", "zsh" -> AutoComplete.bash("trainyard", root); // picocli's script supports both
                    case "fish" -> FishCompletion.of(root.getCommandSpec());
                    default ->
                        throw CommandException.usage(
                                "There is no completion for %s.".formatted(shell), "Use bash, zsh or fish.");
                };
        context.console().result(script);
        return ExitCodes.SUCCESS;
    }

    static final class Shells implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("bash", "zsh", "fish").iterator();
        }
    }
}
