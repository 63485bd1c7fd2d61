package dev.trainyard.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chaos --minuts 3        | Unknown option    | Did you mean --minutes?",
                "chaos --seed 1.5        | \"1.5\" is not a whole number | ./trainyard chaos --help",
                "chaos --minutes 0       | --minutes must be at least 1, not 0 | ./trainyard chaos --help",
            })
    void usageErrorsHaveASuggestionAndStartNothing(String words, String error, String hint) {
        assertThat(run(words.strip().split(" "))).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("error: ")
                .contains(error.strip())
                .contains("hint: ")
                .contains(hint.strip());
    }

    @Test
    void theCommandHasHelp() {
        assertThat(run("chaos", "--help")).isZero();
        assertThat(err.toString()).isEmpty();
    }

    private int run(String... words) {
        CommandLine commands = Main.commands();
        commands.setErr(new PrintWriter(err, true));
        commands.setOut(new PrintWriter(new StringWriter()));
        return commands.execute(words);
    }
}
