package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code ./trainyard} script with the built client, in a folder with special characters in its path. */
@Tag("full")
class LauncherScriptIT {
    private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    static Path folder;

    private static Path home;

    /** Exit status and combined output. */
    private record CommandResult(int exitCode, String output) {}

    @BeforeAll
    static void install() throws IOException {
        home = install(folder.resolve("a place, with 'names'"));
    }

    private static Path install(Path home) throws IOException {
        Path target = Files.createDirectories(home.resolve("cli/target/lib")).getParent();
        Files.copy(CLONE.resolve("trainyard"), home.resolve("trainyard"));
        assertThat(home.resolve("trainyard").toFile().setExecutable(true)).isTrue();
        Files.copy(CLONE.resolve("cli/target/cli.jar"), target.resolve("cli.jar"));
        for (Path library : jars(CLONE.resolve("cli/target/lib"))) {
            Files.copy(library, target.resolve("lib").resolve(library.getFileName()));
        }
        Files.createDirectory(home.resolve("target"));
        Files.createFile(home.resolve("target/.built")); // so that the script does not build
        return home;
    }

    @Test
    void theFirstCommandWritesTheClassArchive() throws Exception {
        Path home = install(folder.resolve("plain")); // for a path with a space Java archives only the JDK's classes
        String command = home.resolve("trainyard").toString();
        assertThat(run(command + " --version")).isEqualTo(new CommandResult(0, "trainyard 0.2.0-SNAPSHOT\n"));
        Path archive = home.resolve("cli/target/cli.jsa");
        assertThat(archive).isNotEmptyFile();
        String jars = Stream.concat(
                        Stream.of(home.resolve("cli/target/cli.jar")), jars(home.resolve("cli/target/lib")).stream())
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xlog:class+load",
                        "-cp",
                        jars,
                        "dev.trainyard.cli.Main",
                        "train",
                        "--help")
                .redirectErrorStream(true)
                .start();
        assertThat(all(java).output())
                .containsPattern("dev.trainyard.cli.jobs.TrainCommand source: shared objects file");

        FileTime made = Files.getLastModifiedTime(archive);
        assertThat(run("LC_ALL=en_US.UTF-8 " + command + " help").exitCode()).isZero();
        assertThat(Files.getLastModifiedTime(archive)).as("it is made once").isEqualTo(made);
    }

    @Test
    void theBuildShowsModulesAndDuration() throws Exception {
        CommandResult ended = built("progress", """
                echo '[INFO] Scanning for projects...'
                echo '[INFO] Building Trainyard shared model 0.2.0-SNAPSHOT              [2/9]'; sleep 3
                echo '[INFO] Building Trainyard standalone 0.2.0-SNAPSHOT                [3/9]'; sleep 3
                """, "--version");
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("Building Trainyard ")
                .containsPattern("\\[2/9\\] Trainyard shared model \\(\\d+ s\\)")
                .containsPattern("\\[3/9\\] Trainyard standalone \\(\\d+ s\\)")
                .containsPattern("Built in \\d+ s\\.")
                .contains("trainyard 0.2.0-SNAPSHOT");
    }

    @Test
    void aFailedBuildPrintsTheReasonAndIsRepeated() throws Exception {
        String maven = """
                echo '[INFO] Building Trainyard standalone 0.2.0-SNAPSHOT                [3/9]'
                echo '[ERROR] COMPILATION ERROR : '
                echo '[ERROR] /home/me/Kafka.java:[3,1] cannot find symbol'; exit 1
                """;
        CommandResult ended = built("fails", maven, "--version");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output())
                .containsPattern(
                        "the build failed after \\d+ s: /home/me/Kafka.java:\\[3,1\\] cannot find symbol \\(log: .*build.log\\)");
        assertThat(built("fails", maven, "--version").exitCode()).isEqualTo(1);
    }

    @Test
    void aKilledBuildIsReported() throws Exception {
        CommandResult ended = built("killed", "echo '[INFO] Scanning for projects...'; kill -9 $$", "--version");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).contains("Maven was killed (SIGKILL)", "no memory left", "Scanning for projects");
        assertThat(built("ended", "kill -15 $$", "--version").output()).contains("Maven was ended by signal TERM");
        assertThat(built("silent", "exit 7", "--version").output()).contains("Maven ended with status 7");
    }

    @Test
    void ctrlCStopsTheBuild() throws Exception {
        Path home = withMaven("stopped", "echo $$ >\"$MAVEN_PID\"; exec sleep 600");
        Path pid = folder.resolve("maven.pid");
        Process terminal = terminal("MAVEN_PID='%s' PATH='%s':$PATH '%s' --version"
                .formatted(pid, home.resolve("bin"), home.resolve("trainyard")));
        PlatformExtension.await("Maven").until(() -> Files.exists(pid) && Files.size(pid) > 0);
        ProcessHandle maven =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        terminal.getOutputStream().write(3);
        terminal.getOutputStream().flush();
        CommandResult ended = all(terminal);
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(130);
        assertThat(ended.output()).contains("the build was stopped");
        maven.onExit().join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "demo", "chaos"})
    void helpOfLauncherCommandsComesFromTheLauncher(String command) throws Exception {
        Path script = withStandalone();
        CommandResult own = run("'%s' %s --help".formatted(script, command));
        assertThat(own.exitCode()).as(own.output()).isZero();
        assertThat(own.output()).startsWith("Usage: trainyard " + command);
        assertThat(run("'%s' help %s".formatted(script, command))).isEqualTo(own);
        assertThat(run("'%s' --no-color help %s".formatted(script, command))).isEqualTo(own);
    }

    /** A clone that also has the launcher's jars. */
    private static Path withStandalone() throws IOException {
        Path home = folder.resolve("with launcher");
        if (!Files.exists(home)) {
            install(home);
            Files.createDirectories(home.resolve("standalone/target"));
            Files.createSymbolicLink(
                    home.resolve("standalone/target/standalone.jar"),
                    CLONE.resolve("standalone/target/standalone.jar"));
            Files.createSymbolicLink(home.resolve("standalone/target/lib"), CLONE.resolve("standalone/target/lib"));
            Files.createDirectories(home.resolve("system-tests/target"));
            Files.createSymbolicLink(
                    home.resolve("system-tests/target/system-tests.jar"),
                    CLONE.resolve("system-tests/target/system-tests.jar"));
        }
        return home.resolve("trainyard");
    }

    /** Runs the script in a clone that is not built, with {@code maven} in place of Maven. */
    private static CommandResult built(String name, String maven, String words) throws Exception {
        Path home = withMaven(name, maven);
        return run("PATH='%s':$PATH '%s' %s".formatted(home.resolve("bin"), home.resolve("trainyard"), words));
    }

    private static Path withMaven(String name, String maven) throws IOException {
        Path home = folder.resolve(name);
        if (!Files.exists(home)) {
            install(home);
            Files.delete(home.resolve("target/.built"));
            Path program = Files.createDirectory(home.resolve("bin")).resolve("mvn");
            Files.writeString(program, "#!/bin/bash\n" + maven);
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        return home;
    }

    @Test
    void theScriptCanBeStartedThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("ty"), home.resolve("trainyard"));
        assertThat(run("cd / && " + link + " --version").output()).startsWith("trainyard ");
    }

    @Test
    void fileNamesDoNotDependOnTheLocale() throws Exception {
        // as bytes, because this test's own locale may not support the letter
        CommandResult ended = run("echo 1 >$'acht-\\xc3\\xa4.png'; LC_ALL=C ./trainyard predict $'acht-\\xc3\\xa4.png' "
                + "--server http://127.0.0.1:1");
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(4);
        assertThat(run("LC_ALL=C ./trainyard predict $'neun-\\xc3\\xa4.png'").output())
                .contains("There is no file neun-\u00e4.png.");
    }

    @Test
    void coloursAreUsedOnTerminalsOnly() throws Exception {
        String escape = "\u001b[";
        assertThat(onTerminal("./trainyard --help").output()).contains(escape);
        for (String plain : List.of(
                "NO_COLOR=1 ./trainyard --help",
                "TERM=dumb ./trainyard --help",
                "./trainyard --help --no-color",
                "./trainyard --help | cat")) {
            assertThat(onTerminal(plain).output())
                    .as(plain)
                    .contains("Exit status")
                    .doesNotContain(escape);
        }
    }

    @Test
    void ctrlCWhileWatchingPrintsHowToResume() throws Exception {
        String key = PlatformExtension.newId();
        CountDownLatch watched = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.setExecutor(Executors.newCachedThreadPool());
        gateway.createContext("/", exchange -> {
            boolean events = exchange.getRequestURI().getPath().endsWith("/events");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("{\"status\":\"training_in_progress\",\"epochs\":9,\"progress\":0.5}"
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (events) {
                watched.countDown();
                await(over);
            }
            exchange.close();
        });
        gateway.start();
        try {
            String server = "http://127.0.0.1:" + gateway.getAddress().getPort();
            Process terminal = terminal("./trainyard jobs watch " + key + " --server " + server);
            watched.await();
            terminal.getOutputStream().write(3); // Ctrl-C, which the terminal turns into SIGINT
            terminal.getOutputStream().flush();
            CommandResult ended = all(terminal);
            assertThat(ended.exitCode()).as(ended.output()).isEqualTo(130);
            assertThat(ended.output())
                    .contains("[############............]  50 %")
                    .contains("Detached. The job continues. Watch it again: ./trainyard jobs watch " + key
                            + " --server " + server)
                    .contains("./trainyard jobs cancel " + key);
        } finally {
            over.countDown();
            gateway.stop(0);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static List<Path> jars(Path library) throws IOException {
        try (Stream<Path> files = Files.list(library)) {
            return files.sorted().toList();
        }
    }

    private static CommandResult run(String command) throws Exception {
        return all(bash(command).start());
    }

    private static CommandResult onTerminal(String command) throws Exception {
        return all(terminal(command));
    }

    /**
     * Runs a command in a terminal of its own. SIGINT is reset, because the parent of the tests may have ignored it.
     */
    private static Process terminal(String command) throws IOException {
        ProcessBuilder script = bash("exec env --default-signal=INT script -qec \"$COMMAND\" /dev/null");
        script.environment().putAll(Map.of("COMMAND", command, "TERM", "xterm"));
        return script.start();
    }

    private static ProcessBuilder bash(String command) {
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", command);
        bash.directory(home.toFile()).redirectErrorStream(true);
        bash.environment().keySet().removeAll(List.of("NO_COLOR", "TRAINYARD_SERVER"));
        bash.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return bash;
    }

    private static CommandResult all(Process process) throws IOException, InterruptedException {
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new CommandResult(process.waitFor(), text);
        }
    }
}
