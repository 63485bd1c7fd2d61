package dev.trainyard.cli.gateway;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response of a gateway, whose body is read as a stream. */
final class HttpResponse implements Closeable {
    /** Maximum size of the head. */
    private static final int MAX_HEAD_BYTES = 1 << 16;

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Connection connection;
    private final int status;
    private final Map<String, String> headers;
    private final InputStream body;

    private HttpResponse(Connection connection, int status, Map<String, String> headers, InputStream body) {
        this.connection = connection;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** @throws IOException if the head is incomplete or not HTTP/1.1 */
    static HttpResponse read(Connection connection) throws IOException {
        InputStream in = new BufferedInputStream(connection.in());
        while (true) {
            HeaderReader head = new HeaderReader(in);
            int status = status(head.line());
            Map<String, String> headers = new HashMap<>();
            for (String field = head.line(); !field.isEmpty(); field = head.line()) {
                int colon = field.indexOf(':');
                if (colon > 0) {
                    headers.put(
                            field.substring(0, colon).toLowerCase(Locale.ROOT),
                            field.substring(colon + 1).strip());
                }
            }
            if (status >= 200) { // 1xx responses precede the final one
                return new HttpResponse(connection, status, headers, body(in, status, headers));
            }
        }
    }

    private static int status(String line) throws IOException {
        if (line.startsWith("HTTP/1.") && line.length() >= 12 && line.charAt(8) == ' ') {
            try {
                return Integer.parseInt(line.substring(9, 12));
            } catch (NumberFormatException e) {
                // reported below
            }
        }
        throw new ProtocolException("the server does not speak HTTP");
    }

    private static InputStream body(InputStream in, int status, Map<String, String> headers) throws IOException {
        if (status == NO_CONTENT || status == NOT_MODIFIED) {
            return InputStream.nullInputStream();
        }
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .endsWith("chunked")) {
            return new ChunkedInputStream(in);
        }
        String length = headers.get("content-length");
        if (length == null) {
            return in; // delimited by the end of the connection
        }
        try {
            return new FixedLengthInputStream(in, length(length, 10));
        } catch (NumberFormatException e) {
            throw new ProtocolException("invalid Content-Length \"" + length + "\"");
        }
    }

    /** @throws NumberFormatException if {@code digits} is not a number or does not fit into a positive long */
    static long length(String digits, int radix) {
        long length = Long.parseUnsignedLong(digits, radix);
        if (length < 0) {
            throw new NumberFormatException(digits);
        }
        return length;
    }

    int status() {
        return status;
    }

    /** Returns null if the header is missing. */
    @Nullable
    String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** Reads throw {@link EOFException} if the body is cut off. */
    InputStream body() {
        return body;
    }

    byte[] bytes() throws IOException {
        return body.readAllBytes();
    }

    String text() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Reads the lines of a head up to its maximum size. */
    static final class HeaderReader {
        private final InputStream in;
        private int remaining = MAX_HEAD_BYTES;

        HeaderReader(InputStream in) {
            this.in = in;
        }

        /** Returns the next line without its line break. */
        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int character = in.read(); character != '\n'; character = in.read()) {
                if (character < 0) {
                    throw new EOFException("the connection was closed before a response");
                }
                if (--remaining < 0) {
                    throw new ProtocolException("the response head is too large");
                }
                line.append((char) character);
            }
            int end = line.length() - 1;
            return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
        }
    }
}
