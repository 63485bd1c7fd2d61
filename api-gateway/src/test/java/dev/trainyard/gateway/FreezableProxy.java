package dev.trainyard.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * TCP proxy in front of a gateway. While frozen it keeps connections open without forwarding, like a stopped process;
 * while shut down it closes them and refuses new ones.
 */
final class FreezableProxy implements AutoCloseable {
    private final InetSocketAddress target;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private boolean frozen;
    private ServerSocket server;

    FreezableProxy(String host, int targetPort) throws IOException {
        target = new InetSocketAddress(host, targetPort);
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        port = server.getLocalPort();
        accept(server);
    }

    String origin() {
        return "http://127.0.0.1:" + port;
    }

    void freeze() {
        setFrozen(true);
    }

    void thaw() {
        setFrozen(false);
    }

    void shutDown() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    void startAgain() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        server = again;
        accept(again);
    }

    private void setFrozen(boolean value) {
        lock.lock();
        try {
            frozen = value;
            thawed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitThaw() {
        lock.lock();
        try {
            while (frozen) {
                thawed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept(ServerSocket from) {
        start(() -> {
            while (true) {
                Socket client = from.accept();
                Socket gateway = new Socket();
                open.add(client);
                open.add(gateway);
                if (from.isClosed()) { // accepted while shutDown closed the others
                    client.close();
                    return;
                }
                gateway.connect(target);
                start(() -> pass(client, gateway));
                start(() -> pass(gateway, client));
            }
        });
    }

    private void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16_384];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                awaitThaw();
                out.write(buffer, 0, length);
            }
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // one side closed its connection, which closes the other
                    }
                },
                "freezable-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        thaw();
        try {
            shutDown();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
