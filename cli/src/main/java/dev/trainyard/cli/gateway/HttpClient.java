package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * HTTP/1.1 as far as a gateway needs it: one request per connection, no redirects. Java's own client loads threads and
 * classes that take longer to start than a whole short command takes with this one (ADR 8).
 */
final class HttpClient {
    private final URI server;
    private final Deadline deadline;

    /** @param deadline after which connects and reads fail */
    HttpClient(URI server, Deadline deadline) {
        this.server = server;
        this.deadline = deadline;
    }

    /**
     * Sends a request and reads the head of the response; the body is read by the caller.
     *
     * @throws ConnectionFailedException if the connection cannot be opened
     * @throws java.net.SocketTimeoutException if the response does not start in time
     */
    HttpResponse send(HttpRequest request) throws IOException {
        Connection connection = Connection.to(server, request.readTimeout(), deadline);
        boolean succeeded = false;
        try {
            HttpResponse response = exchange(connection, request);
            succeeded = true;
            return response;
        } finally {
            if (!succeeded) {
                connection.close();
            }
        }
    }

    private HttpResponse exchange(Connection connection, HttpRequest request) throws IOException {
        try {
            write(connection, request);
        } catch (SocketException e) {
            try {
                return HttpResponse.read(connection); // the server may refuse a long body without reading it to the end
            } catch (IOException none) {
                throw e;
            }
        }
        return HttpResponse.read(connection);
    }

    private void write(Connection connection, HttpRequest request) throws IOException {
        StringBuilder head = new StringBuilder(512);
        head.append(request.method()).append(' ').append(server.getRawPath()).append(request.path());
        head.append(" HTTP/1.1\r\nHost: ").append(server.getHost());
        if (server.getPort() >= 0) {
            head.append(':').append(server.getPort());
        }
        head.append("\r\nConnection: close\r\n");
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        RequestBody body = request.body();
        if (body != null) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        head.append("\r\n");
        OutputStream out = connection.out();
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
            body.writeTo(out);
        }
        out.flush();
    }
}
