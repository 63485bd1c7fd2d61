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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./trainyard} as it starts the client, on what is built, at a place with a difficult name. */
class ScriptIT {
    private static final Path CLONE = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    static Path folder;

    private static Path home;

    /** How a command ended and all that it said. */
    private record Ended(int exitCode, String said) {}

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
        Files.createFile(home.resolve("target/.built")); // so that it builds nothing
        return home;
    }

    @Test
    void theFirstCommandKeepsAnArchiveFromWhichTheNextOnesComeSooner() throws Exception {
        Path home = install(folder.resolve("plain")); // of a path with a space Java archives only its own classes
        String command = home.resolve("trainyard").toString();
        assertThat(run(command + " --version")).isEqualTo(new Ended(0, "trainyard 0.1.0-SNAPSHOT\n"));
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
        assertThat(all(java).said()).containsPattern("dev.trainyard.cli.jobs.TrainCommand source: shared objects file");

        FileTime made = Files.getLastModifiedTime(archive);
        assertThat(run("LC_ALL=en_US.UTF-8 " + command + " help").exitCode()).isZero();
        assertThat(Files.getLastModifiedTime(archive)).as("it is made once").isEqualTo(made);
    }

    @Test
    void aLinkInThePathLeadsToIt() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("ty"), home.resolve("trainyard"));
        assertThat(run("cd / && " + link + " --version").said()).startsWith("trainyard ");
    }

    @Test
    void aFileIsFoundWhateverTheLocaleIs() throws Exception {
        // written as bytes, because this test's own locale may have no such letter either
        Ended ended = run("echo 1 >$'acht-\\xc3\\xa4.png'; LC_ALL=C ./trainyard predict $'acht-\\xc3\\xa4.png' "
                + "--server http://127.0.0.1:1");
        assertThat(ended.exitCode()).as(ended.said()).isEqualTo(4);
        assertThat(run("LC_ALL=C ./trainyard predict $'neun-\\xc3\\xa4.png'").said())
                .contains("There is no file neun-\u00e4.png.");
    }

    @Test
    void coloursAreForTerminals() throws Exception {
        String escape = "\u001b[";
        assertThat(onTerminal("./trainyard --help").said()).contains(escape);
        for (String plain : List.of(
                "NO_COLOR=1 ./trainyard --help",
                "TERM=dumb ./trainyard --help",
                "./trainyard --help --no-color",
                "./trainyard --help | cat")) {
            assertThat(onTerminal(plain).said())
                    .as(plain)
                    .contains("Exit status")
                    .doesNotContain(escape);
        }
    }

    @Test
    void ctrlCWhileWatchingLeavesTheJobAndSaysHowToComeBack() throws Exception {
        String key = Trial.newId();
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
            terminal.getOutputStream().write(3); // Ctrl-C, which the terminal makes a SIGINT
            terminal.getOutputStream().flush();
            Ended ended = all(terminal);
            assertThat(ended.exitCode()).as(ended.said()).isEqualTo(130);
            assertThat(ended.said())
                    .contains("[############............]  50 %")
                    .contains("Detached. The job goes on. Watch it again: ./trainyard jobs watch " + key + " --server "
                            + server)
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

    private static Ended run(String command) throws Exception {
        return all(bash(command).start());
    }

    private static Ended onTerminal(String command) throws Exception {
        return all(terminal(command));
    }

    /** {@code script} brings a terminal of its own. Whoever started the tests may ignore Ctrl-C, which is inherited. */
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

    private static Ended all(Process process) throws IOException, InterruptedException {
        try (InputStream said = process.getInputStream()) {
            String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), text);
        }
    }
}
