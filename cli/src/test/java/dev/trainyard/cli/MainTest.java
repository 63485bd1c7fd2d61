package dev.trainyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.cli.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final String LIST = "GET /api/v1/train?limit=20";

    @RegisterExtension
    final FakeGateway gateway = new FakeGateway();

    @Test
    void globalOptionsStandAnywhere() {
        gateway.on(LIST, 200, "{\"jobs\":[" + JobJson.succeeded() + "]}");
        CommandLineRun before = CommandLineRun.of("--server", gateway.url(), "--json", "jobs", "ls");
        CommandLineRun behind = CommandLineRun.of("jobs", "ls", "--json", "--server", gateway.url());
        CommandLineRun between = CommandLineRun.of("jobs", "--server", gateway.url(), "ls", "--json");
        assertThat(before.exitCode()).as(before.err()).isZero();
        assertThat(before.out()).startsWith("{").isEqualTo(behind.out()).isEqualTo(between.out());
    }

    @Test
    void coloursAreUsedOnlyOnTerminalsThatAllowThem() {
        gateway.on(LIST, 200, "{\"jobs\":[" + JobJson.succeeded() + "]}");
        String[] words = CommandLineRun.with(gateway, "jobs", "ls");
        String[] plain = CommandLineRun.with(gateway, "jobs", "ls", "--no-color");
        Terminal colours = new Terminal(false, true, true, true);
        assertThat(CommandLineRun.of(colours, words).out()).contains("\u001b[32msucceeded\u001b[0m");
        for (String out : new String[] {
            CommandLineRun.of(colours, plain).out(),
            CommandLineRun.of(new Terminal(false, true, true, false), words).out(),
            CommandLineRun.of(new Terminal(false, false, true, true), words).out(),
        }) {
            assertThat(out).contains("succeeded").doesNotContain("\u001b");
        }
    }

    @Test
    void errorsAreRedOnlyOnTerminalsThatAllowColours() {
        String[] words = {"jobs", "ls", "--limit", "0"};
        String[] plain = {"jobs", "ls", "--limit", "0", "--no-color"};
        assertThat(CommandLineRun.of(new Terminal(false, false, true, true), words)
                        .err())
                .startsWith("\u001b[31merror:\u001b[0m ");
        for (CommandLineRun run : new CommandLineRun[] {
            CommandLineRun.of(new Terminal(false, false, true, true), plain),
            CommandLineRun.of(new Terminal(false, false, true, false), words),
            CommandLineRun.of(new Terminal(false, true, false, true), words),
        }) {
            assertThat(run.err()).startsWith("error: ");
        }
    }

    @Test
    void verbosePrintsRequestsToStderr() {
        gateway.on(LIST, 200, "{\"jobs\":[]}");
        assertThat(CommandLineRun.at(gateway, "jobs", "ls", "-v").err())
                .contains("> GET " + gateway.url())
                .contains("< 200 in ");
        assertThat(CommandLineRun.at(gateway, "jobs", "ls").err()).doesNotContain("> GET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"datset", "jobs wach", "jobs show", "jobs ls --lmit 3", "jobs ls --limit x", "predict"})
    void usageErrorsArePrintedToStderrWithAHint(String words) {
        CommandLineRun run = CommandLineRun.of(words.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("error: ").contains("hint: ").contains("--help");
        assertThat(run.err().lines().count()).isLessThanOrEqualTo(3);
    }

    @Test
    void similarWordsAreSuggested() {
        assertThat(CommandLineRun.of("datset").err()).contains("Did you mean dataset?");
        assertThat(CommandLineRun.of("jobs", "wach").err()).contains("Did you mean watch?");
        assertThat(CommandLineRun.of("upp").err()).contains("Did you mean up?");
        assertThat(CommandLineRun.of("jobs", "sl").err()).contains("Did you mean ls?");
        assertThat(CommandLineRun.of("jobs", "-x").err()).doesNotContain("Did you mean");
        assertThat(CommandLineRun.of("frobnicate").err()).doesNotContain("Did you mean");
        assertThat(CommandLineRun.of("train", "--eopchs", "3").err()).contains("Did you mean --epochs?");
        assertThat(CommandLineRun.of("jobs", "ls", "--jsn=1").err()).contains("Did you mean --json?");
        assertThat(CommandLineRun.of("train", "--colour").err()).doesNotContain("Did you mean");
    }

    @Test
    void invalidNumbersAreExplained() {
        assertThat(CommandLineRun.of("jobs", "ls", "--limit", "x").err())
                .contains("--limit", "\"x\" is not a whole number");
        assertThat(CommandLineRun.of("jobs", "ls", "--limit", "2.5").err()).contains("\"2.5\" is not a whole number");
        assertThat(CommandLineRun.of("jobs", "ls", "--limit", "99999999999").err())
                .contains("99999999999 is too large");
        assertThat(CommandLineRun.of("train", "--epochs", "many").err()).contains("\"many\" is not a whole number");
        assertThat(CommandLineRun.of("models", "promote", "DigitModel", "one").err())
                .contains("\"one\" is not a whole number");
    }

    @Test
    void aGroupWithoutACommandListsItsCommands() {
        assertThat(CommandLineRun.of("jobs"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("compare").contains("watch"));
        assertThat(CommandLineRun.of("--help").out())
                .contains("completion")
                .contains("up ")
                .contains("Exit status");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a", "http://", "http://a b"})
    void anInvalidAddressIsAUsageError(String server) {
        CommandLineRun run = CommandLineRun.of("jobs", "ls", "--server", server);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("http://127.0.0.1:8080");
    }

    @Test
    void aMissingOrForeignServerIsUnreachable() {
        gateway.on(LIST, 200, "<html>");
        CommandLineRun other = CommandLineRun.at(gateway, "jobs", "ls");
        assertThat(other.exitCode()).isEqualTo(4);
        assertThat(other.err()).contains("not a Trainyard gateway");
        CommandLineRun missing = CommandLineRun.of("jobs", "ls", "--server", "no-such-host.invalid:1");
        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err()).contains("unknown host").contains("./trainyard up");
    }

    /** The gateway itself explains a 403, which is rarely caused by the token. */
    @Test
    void theTokenHintIsPrintedOnlyFor401() {
        gateway.on(LIST, 401, "{\"detail\":\"Who?\"}").on(LIST, 403, "{\"detail\":\"Not by this name.\"}");
        assertThat(CommandLineRun.at(gateway, "jobs", "ls").err()).contains("Who?", "TRAINYARD_ADMIN_TOKEN");
        assertThat(CommandLineRun.at(gateway, "jobs", "ls").err())
                .contains("Not by this name.")
                .doesNotContain("TRAINYARD_ADMIN_TOKEN");
    }

    /** Responses of a proxy or of another program on the port. */
    @Test
    void aResponseThatIsNotFromAGatewayIsUnreachable() {
        String page = "<html>nginx</html>";
        gateway.on(LIST, 404, page)
                .on(LIST, 301, page, "Location", "https://elsewhere")
                .on(LIST, 403, page)
                .on(LIST, 502, page)
                .on(LIST, 200, "[1]")
                .on(LIST, 200, "{\"status\":\"UP\"}");
        for (int i = 0; i < 6; i++) {
            CommandLineRun run = CommandLineRun.at(gateway, "jobs", "ls");
            assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("error: ").contains("hint: ").doesNotContain("html");
        }
        gateway.on("POST /api/v1/train", 200, "{}");
        CommandLineRun train = CommandLineRun.at(gateway, "train");
        assertThat(train.exitCode()).isEqualTo(4);
        assertThat(train.out()).isEmpty();
        gateway.on("POST /api/v1/predict", 200, "[]");
        assertThat(CommandLineRun.at(gateway, "predict", "../example/8.png").exitCode())
                .isEqualTo(4);
    }

    @Test
    void theLastValueOfARepeatedOptionWins() {
        gateway.on(LIST, 200, "{\"jobs\":[]}");
        CommandLineRun run = CommandLineRun.of(
                "--json",
                "jobs",
                "ls",
                "--limit=3",
                "--limit=20",
                "--json",
                "--server=http://none",
                "--server=" + gateway.url());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void everyCommandPrintsTheVersion() {
        assertThat(CommandLineRun.of("jobs", "ls", "--version").out()).startsWith("trainyard ");
    }

    @Test
    void helpIsACommandToo() {
        assertThat(CommandLineRun.of("help", "train"))
                .satisfies(run -> assertThat(run.exitCode()).isZero())
                .satisfies(run -> assertThat(run.out()).contains("--dry-run"));
        assertThat(CommandLineRun.of("help", "jobs", "watch").out()).startsWith("Usage: trainyard jobs watch ");
        assertThat(CommandLineRun.of("help", "trian"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("Did you mean train?"));
        assertThat(CommandLineRun.of("help", "jobs", "frobnicate"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("trainyard jobs has no command frobnicate"));
    }

    @Test
    void aFileNameMayBeginWithAnAtSign() {
        CommandLineRun run = CommandLineRun.at(gateway, "predict", "@pom.xml");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("There is no file @pom.xml");
    }

    @Test
    void theLaunchersCommandsAreOnlyDeclared() {
        assertThat(CommandLineRun.of("up", "--port", "1"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("must be the first argument"));
        CommandLineRun behindOptions = CommandLineRun.of("--json", "-q", "up");
        assertThat(behindOptions.exitCode()).isEqualTo(2);
        assertThat(behindOptions.err())
                .contains("up is a launcher command and must be the first argument")
                .contains("client options such as --json and --quiet do not apply");
    }

    /** Libraries that would make the client large and slow to start. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.clients.consumer.KafkaConsumer",
                "org.nd4j.linalg.factory.Nd4j",
                "org.deeplearning4j.nn.multilayer.MultiLayerNetwork",
                "io.quarkus.runtime.Quarkus"
            })
    void theClientContainsNoPlatformLibraries(String name) {
        assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }
}
