package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the client's jars in a separate process. The {@code ./trainyard} script is bypassed, because it would start a
 * build.
 */
final class CliRunner {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final String server;

    CliRunner(String server) {
        this.server = server;
    }

    /** A started command. */
    record CliProcess(Process process, Path out, Path err) {
        String stdout() throws IOException {
            return Files.readString(out);
        }

        String stderr() throws IOException {
            return Files.readString(err);
        }

        CliProcess awaitEnd() throws InterruptedException {
            assertThat(process.waitFor(PlatformExtension.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends", process.info())
                    .isTrue();
            return this;
        }

        int exitCode() {
            return process.exitValue();
        }

        @Override
        public String toString() {
            try {
                return "%s%n%s%n%s".formatted(process, stdout(), stderr());
            } catch (IOException e) {
                return process.toString();
            }
        }
    }

    CliProcess run(String... words) throws IOException, InterruptedException {
        return start("", words).awaitEnd();
    }

    /** @param input content of standard input */
    CliProcess start(String input, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dtrainyard.home=" + HOME,
                "-cp",
                HOME.resolve("cli/target/cli.jar") + ":" + HOME.resolve("cli/target/lib/*"),
                "dev.trainyard.cli.Main",
                "--server",
                server));
        command.addAll(List.of(words));
        Path out = Files.createTempFile("trainyard-command", ".out");
        Path err = Files.createTempFile("trainyard-command", ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return new CliProcess(process, out, err);
    }
}
