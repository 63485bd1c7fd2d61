package dev.trainyard.standalone.testing;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.platform.Ports;
import dev.trainyard.standalone.postgres.PostgresCluster;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;

/** Gives a Quarkus test a PostgreSQL with TLS, whose certificate the gateway verifies. */
public final class TlsPostgresResource implements QuarkusTestResourceLifecycleManager {
    private Path folder;
    private Process server;

    /** After {@link PlatformResource}, whose database is replaced. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("trainyard-tls-database");
            Certificates certificates = new Certificates(folder);
            PostgresCluster cluster = PostgresCluster.in(folder.resolve("postgres"));
            int port = Ports.free();
            server = new ProcessBuilder(cluster.command(
                            port,
                            "fsync=off",
                            "ssl=on",
                            "ssl_cert_file=" + certificates.certificate("database"),
                            "ssl_key_file=" + certificates.key("database")))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            while (!cluster.answers(port)) {
                if (!server.isAlive()) {
                    throw new IOException("PostgreSQL ended at its start: " + Files.readString(folder.resolve("log")));
                }
            }
            return Map.of(
                    "quarkus.datasource.jdbc.url",
                    cluster.url(port) + "&sslmode=verify-full&sslrootcert=" + certificates.certificate("database"),
                    "quarkus.datasource.password",
                    cluster.password());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {
        try {
            if (server != null) {
                new ProcessBuilder("sh", "-c", "kill -INT " + server.pid())
                        .start()
                        .waitFor(); // ends connections
                server.waitFor();
            }
            FileTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
