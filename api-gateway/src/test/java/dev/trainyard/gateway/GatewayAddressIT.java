package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged gateway on addresses that other machines reach; it needs no database to refuse them. */
class GatewayAddressIT {
    private static final int STEP_MILLIS = 20;

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void itExitsBeforeThePortOpensAndNamesTheSettings(String host, @TempDir Path folder) throws Exception {
        int port = Ports.free();
        Path log = folder.resolve("gateway.log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-jar",
                        "target/quarkus-app/quarkus-run.jar")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("QUARKUS_HTTP_HOST", host);
        builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
        Process gateway = builder.start();
        try {
            for (int waited = 0; !gateway.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS); waited += STEP_MILLIS) {
                assertThat(isOpen(port)).as("port is open").isFalse();
                assertThat(waited).as("milliseconds").isLessThan(60_000);
            }
        } finally {
            gateway.destroyForcibly().waitFor();
        }
        assertThat(gateway.exitValue()).isNotZero();
        assertThat(Files.readString(log))
                .contains("\n  TRAINYARD_AUTH_MODE=tokens ", "\n  QUARKUS_HTTP_HOST=127.0.0.1 ")
                .doesNotContain("\tat ");
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), STEP_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
