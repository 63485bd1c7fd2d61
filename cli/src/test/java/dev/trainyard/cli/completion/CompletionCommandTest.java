package dev.trainyard.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.cli.CommandLineRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
    @TempDir
    Path folder;

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        assertThat(completed("trainyard", "jobs", "w")).isEqualTo("watch");
        assertThat(completed("trainyard", "mod")).isEqualTo("models");
        assertThat(completed("trainyard", "train", "--netw")).isEqualTo("--network");
        assertThat(completed("trainyard", "up")).isEqualTo("up");
        assertThat(completed("trainyard", "jobs", "ls", "--status", "tr")).isEqualTo("training");
    }

    /** Without compopt, which works only during interactive completion. */
    private String completed(String... words) throws Exception {
        CommandLineRun run = CommandLineRun.of("completion", "bash");
        Path script = Files.writeString(folder.resolve("completion.bash"), run.out());
        String typed = String.join(" ", words);
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "compopt() { :; }; source %s; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; _complete_trainyard; echo ${COMPREPLY[@]}"
                                .formatted(script, typed, words.length - 1, typed))
                .redirectErrorStream(true)
                .start();
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void zshUsesTheSameScript() {
        assertThat(CommandLineRun.of("completion", "zsh").out())
                .contains("bashcompinit")
                .isEqualTo(CommandLineRun.of("completion", "bash").out());
    }

    @Test
    void fishCompletesCommandsInContextAndOptions() {
        String script = CommandLineRun.of("completion", "fish").out();
        assertThat(script.lines())
                .contains(
                        "complete -c trainyard -n '__fish_seen_subcommand_from jobs; and not __fish_seen_subcommand_from "
                                + "cancel compare ls pause resume retry show watch' -f -a watch -d "
                                + "'Follows a job until it ends; the exit status reflects the result.'")
                .anyMatch(line -> line.contains("model\\'s aliases"))
                .anyMatch(line -> line.contains("__fish_use_subcommand' -f -a doctor"))
                .anyMatch(line -> line.contains("'__fish_seen_subcommand_from train' -l network -r "))
                .anyMatch(line -> line.contains("'__fish_seen_subcommand_from completion' -f -a 'bash zsh fish' "));
    }

    @Test
    void anUnknownShellIsAUsageError() {
        assertThat(CommandLineRun.of("completion", "cmd"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("bash, zsh or fish"));
    }
}
