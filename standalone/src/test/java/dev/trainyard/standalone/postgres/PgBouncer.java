package dev.trainyard.standalone.postgres;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The installed PgBouncer in session mode, with the settings of docs/clusters.md, before a PostgreSQL of its own. */
public final class PgBouncer implements AutoCloseable {
    private final Path folder = Files.createTempDirectory("trainyard-bouncer");
    private final int port = Ports.free();
    private final PostgresCluster cluster;
    private final Process server;
    private final Process bouncer;

    public PgBouncer() throws IOException {
        int serverPort = Ports.free();
        cluster = PostgresCluster.in(folder.resolve("postgres"));
        server = start("postgres.log", cluster.command(serverPort, "fsync=off"));
        await(server, serverPort, "postgres.log");
        Path users = folder.resolve("users.txt");
        Files.writeString(users, "\"%s\" \"%s\"\n".formatted(PostgresCluster.USER, cluster.password()));
        Path settings = folder.resolve("pgbouncer.ini");
        Files.writeString(settings, """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = session
                ignore_startup_parameters = extra_float_digits, options
                max_client_conn = 100
                default_pool_size = 40
                """.formatted(serverPort, port, users));
        bouncer = start(
                "bouncer.log", PrivilegeDrop.of(List.of(program().orElseThrow().toString(), settings.toString())));
        await(bouncer, port, "bouncer.log");
    }

    /** Where Debian's package has it. */
    public static Optional<Path> program() {
        return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Process start(String log, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile())
                .start();
    }

    private void await(Process process, int port, String log) throws IOException {
        while (!cluster.answers(port)) {
            if (!process.isAlive()) {
                throw new IOException("It ended: " + Files.readString(folder.resolve(log)));
            }
        }
    }

    public String url() {
        return cluster.url(port);
    }

    public String password() {
        return cluster.password();
    }

    @Override
    public void close() throws IOException {
        bouncer.destroyForcibly();
        server.destroyForcibly();
        try {
            bouncer.waitFor();
            server.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FileTree.delete(folder);
    }
}
