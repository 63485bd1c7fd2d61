package dev.trainyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Checks that exactly the commands are built that a command line can mean. */
class CommandSelectionTest {
    @ParameterizedTest
    @CsvSource({
        "jobs ls,                                jobs, ls",
        "--json --server http://x jobs -q watch 1, jobs, watch",
        "--server=x -v models show,              models, show",
        "predict 8.png jobs ls,                  predict, ",
        "train --config jobs,                    train, ",
    })
    void onlyTheNamedCommandIsBuilt(String words, String command, String inner) {
        CommandLine made = Main.commands(Terminal.NONE, words.split(" "));
        assertThat(made.getSubcommands()).containsOnlyKeys(command);
        assertThat(made.getSubcommands().get(command).getSubcommands().keySet())
                .isEqualTo(inner == null ? java.util.Set.of() : java.util.Set.of(inner));
    }

    @Test
    void theVersionNeedsNoCommand() {
        assertThat(Main.commands(Terminal.NONE, "--version").getSubcommands()).isEmpty();
        assertThat(CommandLineRun.of("--version").out()).startsWith("trainyard ");
        assertThat(CommandLineRun.of("-V", "jobs", "ls").out()).startsWith("trainyard ");
    }

    /** Forms of options that only picocli understands. */
    @ParameterizedTest
    @ValueSource(
            strings = {"-qv jobs ls", "--json=true jobs ls", "jobs -qv ls", "--server http://127.0.0.1:1 -qv jobs ls"})
    void aCommandIsFoundAfterOptionsInAnyForm(String words) {
        String[] all = (words + " --limit 0").split(" "); // rejected before a request is sent
        assertThat(CommandLineRun.of(all).err()).contains("--limit must be at least 1");
    }

    @Test
    void helpListsAllCommands() {
        String[] names = {"train", "jobs", "models", "predict", "dataset", "up", "demo", "chaos", "doctor", "completion"
        };
        assertThat(CommandLineRun.of("--help").out()).contains(names);
        assertThat(CommandLineRun.of("help").out()).contains(names);
        assertThat(CommandLineRun.of().err()).contains(names);
        assertThat(CommandLineRun.of("--json", "-h").out()).contains(names);
        assertThat(CommandLineRun.of("--help", "jobs", "ls").out()).contains(names);
        String[] options = {"cancel", "compare", "ls", "pause", "resume", "retry", "show", "watch"};
        assertThat(CommandLineRun.of("jobs", "--help").out()).contains(options);
        assertThat(CommandLineRun.of("help", "jobs").out()).contains(options);
        assertThat(CommandLineRun.of("jobs").err()).contains(options);
        assertThat(CommandLineRun.of("jobs", "ls", "--help").out()).contains("--status");
        assertThat(CommandLineRun.of("help", "jobs", "ls").out()).contains("--status");
    }
}
