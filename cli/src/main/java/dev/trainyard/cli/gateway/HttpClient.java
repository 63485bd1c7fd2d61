package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.URI;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 as far as a gateway needs it: one request per connection, no redirects. Java's own clients start too slowly,
 * or repeat a POST and know no deadline (ADR 8).
 */
final class HttpClient {
    private static final String AUTHORIZATION = "Authorization";
    private static final String PROJECT = "Trainyard-Project";

    private final URI server;
    private final Deadline deadline;
    private final @Nullable String token;
    private final @Nullable String project;

    /**
     * Creates a client.
     *
     * @param deadline after which connects and reads fail
     * @param project named in every request; null for the one that the gateway chooses
     * @param token sent with every request that has no Authorization of its own; null for none
     */
    HttpClient(URI server, Deadline deadline, @Nullable String token, @Nullable String project) {
        this.project = project;
        this.token = token;
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
        } catch (HttpException | MessageConstraintException e) {
            throw new ProtocolException(e.getMessage());
        } finally {
            if (!succeeded) {
                connection.closeNow();
            }
        }
    }

    private HttpResponse exchange(Connection connection, HttpRequest request) throws IOException, HttpException {
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

    private void write(Connection connection, HttpRequest request) throws IOException, HttpException {
        ClassicHttpRequest head = new BasicClassicHttpRequest(request.method(), server.getRawPath() + request.path());
        head.addHeader("Host", server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort());
        head.addHeader("Connection", "close");
        request.headers().forEach(head::addHeader);
        if (token != null && !head.containsHeader(AUTHORIZATION)) {
            head.addHeader(AUTHORIZATION, "Bearer " + token);
        }
        if (project != null) {
            head.addHeader(PROJECT, project);
        }
        RequestBody body = request.body();
        if (body != null) {
            head.addHeader("Content-Length", body.length());
            head.setEntity(new EntityTemplate(body.length(), null, null, body::writeTo));
        }
        connection.sendRequestHeader(head);
        connection.sendRequestEntity(head);
        connection.flush();
    }
}
