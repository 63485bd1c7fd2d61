package dev.trainyard.standalone;

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
                "up --prot 8081          | Unknown option    | Did you mean --port?",
                "up --data-dri=x         | Unknown option    | Did you mean --data-dir?",
                "demo --prt 1            | Unknown option    | Did you mean --port?",
                "up --frobnicate         | Unknown option    | ./trainyard up --help",
                "up 8081                 | Unmatched         | ./trainyard up --help",
                "up --port abc           | \"abc\" is not a whole number | ./trainyard up --help",
                "up --port 99999999999   | 99999999999 is too large     | ./trainyard up --help",
                "up --port 70000         | --port must be from 1 to 65535, not 70000 | ./trainyard up --help",
                "demo --port 0           | --port must be from 1 to 65535, not 0 | ./trainyard demo --help",
                "up --trainers -1        | --trainers must be from 0 to 64, not -1 | ./trainyard up --help",
                "up --port               | Missing required parameter | ./trainyard up --help",
                "up --brokers 2 | --brokers must be 1 or 3, not 2. | ./trainyard up --help",
                "up --start-timeout soon | \"soon\" is not a duration; use seconds, or 90s, 10m, 2h | ./trainyard up --help",
            })
    void usageErrorsHaveASuggestionAndStartNothing(String words, String error, String hint) {
        assertThat(run(words.strip().split(" "))).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(2);
        assertThat(err.toString())
                .startsWith("error: ")
                .contains(error.strip())
                .contains("hint: ")
                .contains(hint.strip());
    }

    @Test
    void everyCommandHasHelp() {
        for (String command : new String[] {"up", "demo"}) {
            assertThat(run(command, "--help")).isZero();
        }
        assertThat(err.toString()).isEmpty();
    }

    private int run(String... words) {
        CommandLine commands = Main.commands();
        commands.setErr(new PrintWriter(err, true));
        commands.setOut(new PrintWriter(new StringWriter()));
        return commands.execute(words);
    }
}
