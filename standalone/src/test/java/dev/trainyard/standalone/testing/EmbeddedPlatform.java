package dev.trainyard.standalone.testing;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.platform.Ports;
import dev.trainyard.standalone.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** PostgreSQL as a child process and Kafka in this JVM, with data in a temporary folder. */
final class EmbeddedPlatform implements TestPlatform {
    private final Path folder = Files.createTempDirectory("trainyard-test");
    private final int postgresPort = Ports.free();
    private final int kafkaPort = Ports.free();
    private final PostgresCluster cluster;
    private final Process postgres;
    private final KafkaNode kafka;

    EmbeddedPlatform() throws IOException {
        cluster = PostgresCluster.in(folder.resolve("postgres"));
        // durability is not needed in tests
        postgres = new ProcessBuilder(cluster.command(postgresPort, "fsync=off", "max_connections=200"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("postgres.log").toFile())
                .start();
        try {
            kafka = KafkaNode.start(folder.resolve("kafka"), kafkaPort, Ports.free());
            awaitPostgres();
        } catch (IOException | RuntimeException e) {
            postgres.destroyForcibly();
            throw e;
        }
    }

    private void awaitPostgres() throws IOException {
        while (!cluster.answers(postgresPort)) {
            if (!postgres.isAlive()) {
                throw new IOException(
                        "PostgreSQL ended at its start: " + Files.readString(folder.resolve("postgres.log")));
            }
        }
    }

    @Override
    public String jdbcUrl() {
        return cluster.url(postgresPort);
    }

    @Override
    public String user() {
        return PostgresCluster.USER;
    }

    @Override
    public String password() {
        return cluster.password();
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    @Override
    public void close() {
        kafka.close();
        try {
            new ProcessBuilder("sh", "-c", "kill -INT " + postgres.pid())
                    .start()
                    .waitFor();
            if (!postgres.waitFor(10, TimeUnit.SECONDS)) {
                postgres.destroyForcibly().waitFor();
            }
            FileTree.delete(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
