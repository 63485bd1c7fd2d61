package dev.trainyard.standalone.postgres;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/** A primary PostgreSQL and a synchronous streaming replica of it, which can take its place. */
public final class PostgresPair implements AutoCloseable {
    private static final String[] SETTINGS = {"fsync=off", "max_connections=100", "wal_keep_size=256MB"};

    private final Path folder = Files.createTempDirectory("trainyard-pair");
    private final int primaryPort = Ports.free();
    private final int replicaPort = Ports.free();
    private final PostgresCluster primary;
    private final Process primaryServer;
    private final PostgresCluster replica;
    private final Process replicaServer;

    public PostgresPair() throws IOException, SQLException {
        primary = PostgresCluster.in(folder.resolve("primary"));
        primaryServer = start(primary, primaryPort, "primary.log");
        awaitAnswer(primary, primaryServer, primaryPort);
        replica = copy();
        replicaServer = start(
                replica,
                replicaPort,
                "replica.log",
                "primary_conninfo=host=127.0.0.1 port=%d user=%s password=%s application_name=replica"
                        .formatted(primaryPort, PostgresCluster.USER, primary.password()));
        awaitAnswer(replica, replicaServer, replicaPort);
        // from now on a commit is acknowledged once the replica has it, so that a failover loses none
        execute(primaryPort, "alter system set synchronous_standby_names = '*'");
        execute(primaryPort, "select pg_reload_conf()");
        while (!"sync".equals(text(primaryPort, "select max(sync_state) from pg_stat_replication"))) {
            requireAlive(replicaServer, "replica.log");
        }
    }

    private Process start(PostgresCluster cluster, int port, String log, String... more) throws IOException {
        String[] settings = new String[SETTINGS.length + more.length];
        System.arraycopy(SETTINGS, 0, settings, 0, SETTINGS.length);
        System.arraycopy(more, 0, settings, SETTINGS.length, more.length);
        return new ProcessBuilder(cluster.command(port, settings))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile())
                .start();
    }

    private void awaitAnswer(PostgresCluster cluster, Process server, int port) throws IOException {
        while (!cluster.answers(port)) {
            requireAlive(server, port == primaryPort ? "primary.log" : "replica.log");
        }
    }

    private void requireAlive(Process server, String log) throws IOException {
        if (!server.isAlive()) {
            throw new IOException("PostgreSQL ended: " + Files.readString(folder.resolve(log)));
        }
    }

    /** A base backup by PostgreSQL's own functions, because its embedded programs do not include pg_basebackup. */
    private PostgresCluster copy() throws IOException, SQLException {
        Path home = Files.createDirectories(folder.resolve("replica"));
        Files.copy(folder.resolve("primary/password"), home.resolve("password"));
        Path data = home.resolve("data");
        try (Connection connection = connect(primaryPort);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('replica', true)");
            copyTree(folder.resolve("primary/data"), data);
            try (ResultSet stopped = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                stopped.next();
                Files.writeString(data.resolve("backup_label"), stopped.getString(1));
            }
        }
        Files.createFile(data.resolve("standby.signal"));
        return PostgresCluster.in(home);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path target = Files.createDirectories(to.resolve(from.relativize(folder)));
                Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path relative = from.relativize(file);
                if (!relative.startsWith("pg_wal") && !relative.startsWith("postmaster.pid")) {
                    try {
                        Files.copy(file, to.resolve(relative));
                    } catch (NoSuchFileException e) {
                        return FileVisitResult.CONTINUE; // deleted meanwhile; the log repeats that
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    /** The URL of both; connections go to the one that is primary. */
    public String url() {
        return primary.url(primaryPort)
                        .replace(
                                "127.0.0.1:" + primaryPort,
                                "127.0.0.1:%d,127.0.0.1:%d".formatted(primaryPort, replicaPort))
                + "&targetServerType=primary";
    }

    public String password() {
        return primary.password();
    }

    /** Process id of the primary's server. */
    public long primaryPid() {
        return primaryServer.pid();
    }

    /** The URL of the replica alone. */
    public String replicaUrl() {
        return replica.url(replicaPort);
    }

    private Connection connect(int port) throws SQLException {
        PGSimpleDataSource server = new PGSimpleDataSource(); // DriverManager knows no driver of a Quarkus loader
        server.setUrl(primary.url(port));
        return server.getConnection(PostgresCluster.USER, primary.password());
    }

    private void execute(int port, String sql) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String text(int port, String sql) throws SQLException {
        try (Connection connection = connect(port);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    @Override
    public void close() throws IOException {
        primaryServer.destroyForcibly();
        replicaServer.destroyForcibly();
        try {
            primaryServer.waitFor();
            replicaServer.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FileTree.delete(folder);
    }
}
