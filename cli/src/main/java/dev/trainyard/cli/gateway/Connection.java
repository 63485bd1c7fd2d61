package dev.trainyard.cli.gateway;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.SocketHolder;

/** An HTTP/1.1 connection to a gateway whose connects and reads are bounded by a timeout and a deadline. */
final class Connection extends DefaultBHttpClientConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(200)
            .setMaxLineLength(1 << 14)
            .build();

    private final Socket socket;
    private final Duration readTimeout;
    private final Deadline deadline;
    private boolean ended;

    private Connection(Socket socket, Duration readTimeout, Deadline deadline) throws IOException {
        super(LIMITS, null, null, null, null, null, new DefaultHttpResponseParserFactory(LIMITS));
        this.socket = socket;
        this.readTimeout = readTimeout;
        this.deadline = deadline;
        bind(new SocketHolder(socket) {
            @Override
            protected InputStream getInputStream(Socket plain) throws IOException {
                return new DeadlineInputStream(plain.getInputStream());
            }
        });
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

    /** The parser takes a head that ends with the connection for a whole one. */
    @Override
    public ClassicHttpResponse receiveResponseHeader() throws IOException, HttpException {
        ClassicHttpResponse head = super.receiveResponseHeader();
        if (ended) {
            throw new EOFException("the connection was closed within the head of the response");
        }
        return head;
    }

    /** Closes the socket without sending or reading what is left; ends a read on another thread. */
    void closeNow() {
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // the connection is not used any more
        }
    }

    /** Rounded up, so that the deadline has passed when a wait for it ends; at least 1, because 0 means no timeout. */
    private static int millis(Duration time) {
        return (int)
                Math.min(Integer.MAX_VALUE, Math.max(1, time.plusNanos(999_999).toMillis()));
    }

    /** Applies the read timeout and the deadline to each read. */
    private final class DeadlineInputStream extends FilterInputStream {
        DeadlineInputStream(InputStream in) {
            super(in);
        }

        /** The only method that the connection's buffer calls. */
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (deadline.hasPassed()) {
                throw new SocketTimeoutException("deadline exceeded");
            }
            boolean endless = readTimeout.isZero() && deadline == Deadline.NEVER;
            Duration timeout = readTimeout.isZero() ? Duration.ofMillis(Integer.MAX_VALUE) : readTimeout;
            socket.setSoTimeout(endless ? 0 : millis(deadline.atMost(timeout)));
            int count = in.read(bytes, offset, length);
            ended |= count < 0;
            return count;
        }
    }
}
