package dev.trainyard.standalone.postgres;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A server of this machine's PostgreSQL packages, which have programs that the embedded one lacks. */
public final class InstalledPostgres implements AutoCloseable {
    /** Where Debian's packages are. */
    private static final Path PACKAGES = Path.of("/usr/lib/postgresql");

    private final Path folder = Files.createTempDirectory("trainyard-installed");
    private final int port = Ports.free();
    private final PostgresCluster cluster;
    private final Process server;

    /** @param programs folder with {@code bin/initdb}, {@code bin/postgres} and {@code bin/pg_dump} */
    public InstalledPostgres(Path programs) throws IOException {
        cluster = PostgresCluster.in(folder.resolve("postgres"), programs, List.of());
        server = new ProcessBuilder(cluster.command(port, "fsync=off"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        while (!cluster.answers(port)) {
            if (!server.isAlive()) {
                throw new IOException("PostgreSQL ended: " + Files.readString(folder.resolve("log")));
            }
        }
    }

    /** Folder of the newest version that is installed completely. */
    public static Optional<Path> programs() {
        if (!Files.isDirectory(PACKAGES)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(PACKAGES)) {
            return versions.filter(version -> Stream.of("initdb", "postgres", "pg_dump", "pg_restore", "psql")
                            .allMatch(program ->
                                    Files.isExecutable(version.resolve("bin").resolve(program))))
                    .max(Comparator.comparingInt(
                            version -> Integer.parseInt(version.getFileName().toString())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String jdbcUrl() {
        return cluster.url(port);
    }

    /** Connection string of libpq for {@code database}. */
    public String url(String database) {
        return "postgresql://%s@127.0.0.1:%d/%s".formatted(PostgresCluster.USER, port, database);
    }

    public String user() {
        return PostgresCluster.USER;
    }

    public String password() {
        return cluster.password();
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly();
        try {
            server.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FileTree.delete(folder);
    }
}
