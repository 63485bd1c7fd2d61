package dev.trainyard.gateway;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.platform.Ports;
import dev.trainyard.standalone.postgres.PostgresCluster;
import dev.trainyard.standalone.process.Signals;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** PostgreSQL and Kafka as separate processes that a test can freeze, kill and restart. */
public final class FaultInjectionPlatform implements QuarkusTestResourceLifecycleManager {
    private static FaultInjectionPlatform present;

    private Path folder;
    private PostgresCluster cluster;
    private int postgresPort;
    private int kafkaPort;
    private int controllerPort;
    private Process postgres;
    private Process kafka;

    /** The platform of the running test. */
    static FaultInjectionPlatform present() {
        return present;
    }

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("trainyard-breakable");
            cluster = PostgresCluster.in(folder.resolve("postgres"));
            postgresPort = Ports.free();
            kafkaPort = Ports.free();
            controllerPort = Ports.free();
            startPostgres();
            startKafka();
            present = this;
            return Map.of(
                    "quarkus.datasource.jdbc.url", cluster.url(postgresPort),
                    "quarkus.datasource.username", PostgresCluster.USER,
                    "quarkus.datasource.password", cluster.password(),
                    "kafka.bootstrap.servers", bootstrapServers(),
                    "trainyard.scheduling.ahead", "10000",
                    "trainyard.artifacts.dir", folder.resolve("artifacts").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    PostgresCluster cluster() {
        return cluster;
    }

    int postgresPort() {
        return postgresPort;
    }

    void startPostgres() throws IOException {
        postgres = launch("postgres", cluster.command(postgresPort, "fsync=off", "max_connections=200"));
        while (!cluster.answers(postgresPort)) {
            if (!postgres.isAlive()) {
                throw new IOException("PostgreSQL ended: " + Files.readString(folder.resolve("postgres.log")));
            }
        }
    }

    void startKafka() throws IOException {
        kafka = launch(
                "kafka",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenKafka.class.getName(),
                        folder.resolve("kafka").toString(),
                        String.valueOf(kafkaPort),
                        String.valueOf(controllerPort)));
        TopicInstaller.install(Map.of("bootstrap.servers", bootstrapServers()), 60);
    }

    /** A broker without passwords, which runs until SIGTERM: folder, port and controller port. */
    public static final class OpenKafka {
        public static void main(String[] args) throws IOException {
            KafkaNode node = KafkaNode.start(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "kafka-stop"));
        }
    }

    /** Restores both processes, whether killed or frozen. */
    void mend() throws IOException {
        if (postgres.isAlive()) {
            thawPostgres();
        } else {
            startPostgres();
        }
        if (kafka.isAlive()) {
            thawKafka();
        } else {
            startKafka();
        }
    }

    private Process launch(String name, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
    }

    void freezePostgres() throws IOException {
        signal("STOP", postgres);
    }

    void thawPostgres() throws IOException {
        signal("CONT", postgres);
    }

    void freezeKafka() throws IOException {
        signal("STOP", kafka);
    }

    void thawKafka() throws IOException {
        signal("CONT", kafka);
    }

    void killPostgres() throws IOException, InterruptedException {
        signal("KILL", postgres);
        postgres.waitFor();
    }

    void killKafka() throws IOException, InterruptedException {
        signal("KILL", kafka);
        kafka.waitFor();
    }

    /** The process and its descendants; the process comes first, so that it starts no more. */
    private static void signal(String name, Process process) throws IOException {
        Stream<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants());
        for (ProcessHandle one : all.toList()) {
            Signals.send(name, one);
        }
    }

    @Override
    public void stop() {
        try {
            for (Process process : new Process[] {kafka, postgres}) {
                if (process != null && process.isAlive()) {
                    signal("KILL", process);
                    process.waitFor();
                }
            }
            FileTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
