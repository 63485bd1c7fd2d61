package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    private final List<String> messages = new ArrayList<>();

    @Test
    void noPortIsReservedTwice() throws IOException {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            assertThat(given.add(Ports.free())).isTrue();
        }
    }

    @Test
    void aPortIsReservedUntilItsProcessExits() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Claimer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = other.inputReader()) {
            int port = Integer.parseInt(output.readLine());
            assertThat(PortReservations.reserve(port)).isFalse();
            other.destroyForcibly().waitFor();
            assertThat(PortReservations.reserve(port)).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    /** Prints the port that it reserved, and keeps running. */
    static final class Claimer {
        public static void main(String[] args) throws Exception {
            System.out.println(Ports.free());
            System.in.read();
        }
    }

    @Test
    void anOccupiedExplicitPortIsAnError() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> Ports.gateway(taken.getLocalPort(), messages::add))
                    .hasMessageContaining("Port " + taken.getLocalPort() + " is in use");
            assertThat(Ports.nextFree(taken.getLocalPort())).isGreaterThan(taken.getLocalPort());
        }
    }

    @Test
    void theNextFreePortIsUsedWithAMessage() throws IOException {
        int usual = Ports.gateway(null, messages::add);
        if (usual != Ports.DEFAULT) { // the port is in use already
            assertThat(messages).hasSize(1);
            return;
        }
        try (ServerSocket taken = new ServerSocket(Ports.DEFAULT, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(Ports.gateway(null, messages::add)).isGreaterThan(taken.getLocalPort());
            assertThat(messages).singleElement().asString().startsWith("Port 8080 is in use; using ");
        }
    }
}
