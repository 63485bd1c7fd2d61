package dev.trainyard.artifact.s3;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Adobe's S3Mock in a process of its own, so that its libraries do not meet those of the services. */
public final class S3MockServer implements AutoCloseable {
    public static final String BUCKET = "artifacts";
    /** Its start takes seconds, but the machine may be busy. */
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final Process process;
    private final int port;

    private S3MockServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param folder for its files and its log */
    public static S3MockServer start(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        Files.createDirectories(folder);
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + folder,
                        "-jar",
                        jar(),
                        "--com.adobe.testing.s3mock.httpPort=" + port,
                        "--server.address=127.0.0.1",
                        "--server.port=0"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3mock.log").toFile());
        builder.environment().put("COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS", BUCKET);
        S3MockServer server = new S3MockServer(builder.start(), port);
        Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly));
        server.awaitReady(folder);
        return server;
    }

    private static String jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.matches(".*/s3mock-[^/]*-exec\\.jar"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("S3Mock is not on the class path"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady(Path folder) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                close();
                throw new IllegalStateException(
                        "S3Mock did not start:\n" + Files.readString(folder.resolve("s3mock.log")));
            }
        }
    }

    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) endpoint().resolve("/" + BUCKET).toURL().openConnection();
            connection.setRequestMethod("HEAD");
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    /** For tests that suspend it. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Environment of a service that uses this server; it accepts any credentials. */
    public Map<String, String> environment() {
        return Map.of(
                "TRAINYARD_ARTIFACTS_URI",
                "s3://" + BUCKET + "/platform",
                "TRAINYARD_ARTIFACTS_S3_ENDPOINT",
                endpoint().toString(),
                "AWS_ACCESS_KEY_ID",
                "test",
                "AWS_SECRET_ACCESS_KEY",
                "test");
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
