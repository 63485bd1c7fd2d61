package dev.trainyard.cli.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/** A response of a gateway, whose body is read as a stream. */
final class HttpResponse implements Closeable {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Connection connection;
    private final ClassicHttpResponse head;
    private final InputStream body;

    private HttpResponse(Connection connection, ClassicHttpResponse head, InputStream body) {
        this.connection = connection;
        this.head = head;
        this.body = body;
    }

    /** @throws HttpException if the head is not HTTP/1.1 */
    static HttpResponse read(Connection connection) throws IOException, HttpException {
        ClassicHttpResponse head = connection.receiveResponseHeader();
        while (head.getCode() < OK) { // 1xx responses precede the final one
            head = connection.receiveResponseHeader();
        }
        if (head.getCode() == NO_CONTENT || head.getCode() == NOT_MODIFIED) {
            return new HttpResponse(connection, head, InputStream.nullInputStream());
        }
        connection.receiveResponseEntity(head);
        return new HttpResponse(connection, head, head.getEntity().getContent());
    }

    int status() {
        return head.getCode();
    }

    /** Returns null if the header is missing. */
    @Nullable
    String header(String name) {
        Header header = head.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** Reads throw an {@link IOException} if the body is cut off. */
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
        connection.closeNow();
    }
}
