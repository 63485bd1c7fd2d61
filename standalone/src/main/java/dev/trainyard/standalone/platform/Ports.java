package dev.trainyard.standalone.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Consumer;

/** Ports on loopback. */
public final class Ports {
    public static final int DEFAULT = 8080;
    private static final int TRIES = 200;

    private Ports() {}

    /** Any port that is free now. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /**
     * The gateway's port: {@code explicit}, or {@link #DEFAULT} or the next free one after it.
     *
     * @throws IOException if the explicit one is taken
     */
    static int gateway(Integer explicit, Consumer<String> tell) throws IOException {
        if (explicit != null) {
            if (!isFree(explicit)) {
                throw new IOException(
                        "Port %d is taken. Give another with --port, or none for the next free one from %d on."
                                .formatted(explicit, DEFAULT));
            }
            return explicit;
        }
        int port = nextFree(DEFAULT);
        if (port != DEFAULT) {
            tell.accept("Port %d is taken; using %d.".formatted(DEFAULT, port));
        }
        return port;
    }

    /** The first free port from {@code from} on. */
    static int nextFree(int from) throws IOException {
        for (int port = from; port < Math.min(65_536, from + TRIES); port++) {
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("No port from %d to %d is free.".formatted(from, from + TRIES - 1));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections that are closing do not count
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
