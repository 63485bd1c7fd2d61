package dev.trainyard.standalone.postgres;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.standalone.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL cluster with one user and one database, both {@code trainyard}, reached by password on loopback. */
public final class PostgresCluster {
    public static final String USER = "trainyard";
    private static final String DATABASE = "trainyard";
    /** Limits for files other than tables; by default the write-ahead log alone can take 1 GB. */
    private static final List<String> SIZE_LIMITS = List.of(
            "max_wal_size=256MB", "min_wal_size=64MB", "temp_file_limit=256MB", "autovacuum_vacuum_scale_factor=0.05");

    /** Omits processes that serve large reads and replication. */
    private static final List<String> FEWER_PROCESSES = List.of("io_method=sync", "max_logical_replication_workers=0");

    private static final int LOGIN_SECONDS = 5;
    /** Longer than {@link #LOGIN_SECONDS}, because the server is starting on a possibly busy machine. */
    private static final int FIRST_LOGIN_SECONDS = 60;

    private final Path binaries;
    private final List<String> settings;
    private final Path folder;
    private final Path secret;
    private final String password;

    private PostgresCluster(Path binaries, List<String> settings, Path folder, Path secret) throws IOException {
        this.binaries = binaries;
        this.settings = settings;
        this.folder = folder;
        this.secret = secret;
        this.password = Files.readString(secret).strip();
    }

    /** Opens the cluster below {@code home}; initialises it if it is new. */
    public static PostgresCluster in(Path home) throws IOException {
        Files.createDirectories(home);
        return in(
                home,
                PostgresBinaries.in(home.resolve("programs")),
                Stream.concat(SIZE_LIMITS.stream(), FEWER_PROCESSES.stream()).toList());
    }

    /**
     * As {@link #in(Path)}, with other programs than the embedded ones.
     *
     * @param binaries folder of {@code bin/initdb}
     * @param settings of the server
     */
    static PostgresCluster in(Path home, Path binaries, List<String> settings) throws IOException {
        Files.createDirectories(home);
        Path folder = home.resolve("data");
        Path secret = home.resolve("password");
        if (!Files.exists(folder.resolve("PG_VERSION")) || !Files.exists(secret)) {
            initialise(binaries, home, folder, secret);
        }
        return new PostgresCluster(binaries, settings, folder, secret);
    }

    private static void initialise(Path binaries, Path home, Path folder, Path secret) throws IOException {
        Path temp = home.resolve("data.new");
        FileTree.delete(temp); // left by an interrupted start
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(secret);
        Files.createFile(secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secret, HexFormat.of().formatHex(random) + "\n");
        run(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + temp,
                "--username=" + USER,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C"));
        Files.move(temp, folder);
    }

    /** Builds the command of a server on {@code port} that stays in the foreground. */
    public List<String> command(int port, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                binaries.resolve("bin/postgres").toString(),
                "-D",
                folder.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="));
        Stream.concat(settings.stream(), Stream.of(more)).forEach(setting -> command.addAll(List.of("-c", setting)));
        return PrivilegeDrop.of(command);
    }

    public String url(int port) {
        return url(port, DATABASE, LOGIN_SECONDS);
    }

    public String password() {
        return password;
    }

    /** File with the password, readable by this user only. */
    public Path passwordFile() {
        return secret;
    }

    /** Returns true if the server answers; creates the database on the first call. */
    public boolean answers(int port) {
        try (Connection connection =
                        DriverManager.getConnection(url(port, "postgres", FIRST_LOGIN_SECONDS), USER, password);
                Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return true;
                }
            }
            statement.execute("CREATE DATABASE " + DATABASE);
            return true;
        } catch (SQLException e) {
            return false; // polled until it answers or the process exits
        }
    }

    private static String url(int port, String database, int loginSeconds) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?connectTimeout=2&loginTimeout=%d"
                .formatted(port, database, loginSeconds);
    }

    private static void run(List<String> command) throws IOException {
        SystemCommand.Result result = SystemCommand.run(PrivilegeDrop.of(command));
        if (result.status() != 0) {
            throw new IOException("PostgreSQL could not be initialised: " + result.output());
        }
    }
}
