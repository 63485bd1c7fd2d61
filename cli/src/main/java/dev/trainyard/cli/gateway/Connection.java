package dev.trainyard.cli.gateway;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;

/** A socket connection to a gateway whose connects and reads are bounded by a timeout and a deadline. */
final class Connection implements Closeable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final Socket socket;
    private final Duration readTimeout;
    private final Deadline deadline;

    private Connection(Socket socket, Duration readTimeout, Deadline deadline) {
        this.socket = socket;
        this.readTimeout = readTimeout;
        this.deadline = deadline;
    }

    /**
     * @param readTimeout maximum wait for a byte; zero for no limit
     * @throws ConnectionFailedException if the connection cannot be opened
     */
    static Connection to(URI server, Duration readTimeout, Deadline deadline) throws ConnectionFailedException {
        boolean secure = server.getScheme().toLowerCase(Locale.ROOT).equals("https");
        int port = server.getPort() >= 0 ? server.getPort() : secure ? HTTPS : HTTP;
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            InetSocketAddress address = new InetSocketAddress(server.getHost(), port);
            if (address.isUnresolved()) {
                throw new UnknownHostException("unknown host");
            }
            int limit = millis(deadline.atMost(CONNECT_TIMEOUT));
            socket.connect(address, limit);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(limit);
            return new Connection(secure ? Tls.over(socket, server.getHost(), port) : socket, readTimeout, deadline);
        } catch (IOException e) {
            closeQuietly(socket);
            throw new ConnectionFailedException(e);
        }
    }

    OutputStream out() throws IOException {
        return new BufferedOutputStream(socket.getOutputStream());
    }

    InputStream in() throws IOException {
        return new DeadlineInputStream(socket.getInputStream());
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // the connection is not used any more
        }
    }

    /** At least 1 ms, because 0 means no timeout for a socket. */
    private static int millis(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.toMillis()));
    }

    /** Applies the read timeout and the deadline to each read. */
    private final class DeadlineInputStream extends DelegatingInputStream {
        DeadlineInputStream(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (deadline.hasPassed()) {
                throw new SocketTimeoutException("deadline exceeded");
            }
            boolean endless = readTimeout.isZero() && deadline == Deadline.NEVER;
            Duration timeout = readTimeout.isZero() ? Duration.ofMillis(Integer.MAX_VALUE) : readTimeout;
            socket.setSoTimeout(endless ? 0 : millis(deadline.atMost(timeout)));
            return in.read(bytes, offset, length);
        }
    }
}
