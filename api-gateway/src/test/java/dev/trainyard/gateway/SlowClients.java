package dev.trainyard.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Many connections of one client whose address differs from that of the test's other requests. */
final class SlowClients implements AutoCloseable {
    private static final String ADDRESS = "127.0.0.2";
    private static final int SMALL_BUFFER = 4 * 1024;

    private final List<Socket> connections = new ArrayList<>();

    /** Opens {@code count} connections to {@code port} and sends {@code text} on each. */
    SlowClients(int port, int count, String text) {
        this(port, count, text.getBytes(ISO_8859_1));
    }

    SlowClients(int port, int count, byte[] bytes) {
        try {
            for (int i = 0; i < count; i++) {
                Socket connection = new Socket();
                connections.add(connection);
                connection.setReceiveBufferSize(SMALL_BUFFER);
                connection.bind(new InetSocketAddress(ADDRESS, 0));
                connection.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
                connection.getOutputStream().write(bytes);
                connection.getOutputStream().flush();
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Returns true if the gateway has closed each connection, reading each to its end. */
    boolean areEnded(int patienceMillis) {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000L;
        return connections.stream().allMatch(connection -> isEnded(connection, deadline));
    }

    /** Returns true if the gateway has closed each connection without reading responses. */
    boolean areDisconnected(int patienceMillis) throws InterruptedException {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000L;
        List<Socket> open = new ArrayList<>(connections);
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            open.removeIf(SlowClients::isReset);
            Thread.sleep(100); // a reset shows only on write
        }
        return open.isEmpty();
    }

    private static boolean isReset(Socket connection) {
        try {
            connection.getOutputStream().write('\r');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isEnded(Socket connection, long deadline) {
        try {
            byte[] buffer = new byte[64 * 1024];
            while (true) {
                connection.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
                if (connection.getInputStream().read(buffer) < 0) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // reset
        }
    }

    @Override
    public void close() {
        for (Socket connection : connections) {
            try {
                connection.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
