package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Chooses free ports on loopback. */
public final class Ports {
    public static final int DEFAULT = 8080;
    private static final int TRIES = 200;
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;

    private Ports() {}

    /**
     * Returns a free port and reserves it for the life of this process. It lies below the kernel's range for outgoing
     * connections, which could otherwise occupy it before the process listens.
     */
    public static int free() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            if (isFree(port) && PortReservations.reserve(port)) {
                return port;
            }
        }
        throw new IOException("No free port was found from %d to %d.".formatted(FIRST_PORT, LAST_PORT));
    }

    /**
     * Chooses the gateway's port: {@code explicit}, or {@link #DEFAULT} or the next free one after it.
     *
     * @throws IOException if the explicit port is taken
     */
    static int gateway(@Nullable Integer explicit, Consumer<String> messages) throws IOException {
        if (explicit != null) {
            if (!isFree(explicit)) {
                throw new IOException(
                        "Port %d is in use. Choose another with --port, or omit it to use the next free port from %d on."
                                .formatted(explicit, DEFAULT));
            }
            return explicit;
        }
        int port = nextFree(DEFAULT);
        if (port != DEFAULT) {
            messages.accept("Port %d is in use; using %d.".formatted(DEFAULT, port));
        }
        return port;
    }

    /** Returns the first free port from {@code from} on and reserves it for the life of this process. */
    static int nextFree(int from) throws IOException {
        for (int port = from; port < Math.min(65_536, from + TRIES); port++) {
            if (isFree(port) && PortReservations.reserve(port)) {
                return port;
            }
        }
        throw new IOException("No port from %d to %d is free.".formatted(from, from + TRIES - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // ignore closing connections
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
