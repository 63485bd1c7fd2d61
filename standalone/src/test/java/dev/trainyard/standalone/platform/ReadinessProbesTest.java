package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessProbesTest {
    private HttpServer gateway;
    private volatile String health = "";

    @BeforeEach
    void serve() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/q/health/ready", exchange -> {
            byte[] body = health.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
    }

    @Test
    void lowDiskSpaceIsReported() {
        int port = gateway.getAddress().getPort();
        health = "{\"status\": \"UP\", \"checks\": [{\"name\": \"kafka\", \"status\": \"UP\"}, "
                + "{\"name\": \"gateway\", \"status\": \"UP\", \"data\": {\"disk\": \"New work is refused.\"}}]}";
        assertThat(ReadinessProbes.lowDiskReason(port)).contains("New work is refused.");
        health = "{\"status\": \"UP\", \"checks\": [{\"name\": \"gateway\", \"status\": \"UP\"}]}";
        assertThat(ReadinessProbes.lowDiskReason(port)).isEmpty();
        health = "";
        assertThat(ReadinessProbes.lowDiskReason(port)).isEmpty();
    }

    @Test
    void aGatewayThatAsksForTokensIsReadyWithoutAPrediction(@TempDir Path folder) throws IOException {
        Path png = Files.write(folder.resolve("8.png"), new byte[1]);
        int[] status = {503};
        gateway.createContext("/api/v1/predict", exchange -> {
            exchange.sendResponseHeaders(status[0], -1);
            exchange.close();
        });
        int port = gateway.getAddress().getPort();
        assertThat(ReadinessProbes.predicts(port, png)).isFalse();
        status[0] = 401;
        assertThat(ReadinessProbes.predicts(port, png)).isTrue();
        status[0] = 200;
        assertThat(ReadinessProbes.predicts(port, png)).isTrue();
    }
}
