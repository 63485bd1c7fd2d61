package dev.trainyard.cli.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * HTTP/1.1 as far as a gateway needs it, one request on each line, without redirects. Java's own client brings threads and
 * classes that take longer to start than a whole short command takes with this.
 */
final class HttpClient {
    private final URI server;
    private final Deadline deadline;

    /** @param deadline after which nothing is waited for */
    HttpClient(URI server, Deadline deadline) {
        this.server = server;
        this.deadline = deadline;
    }

    /**
     * The answer, whose body is still to be read.
     *
     * @throws ConnectionFailedException if nobody is there
     * @throws java.net.SocketTimeoutException if the answer does not begin in time
     */
    HttpResponse send(HttpRequest call) throws IOException {
        Connection line = Connection.to(server, call.limit(), deadline);
        boolean answered = false;
        try {
            HttpResponse answer = exchange(line, call);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                line.close();
            }
        }
    }

    private HttpResponse exchange(Connection line, HttpRequest call) throws IOException {
        try {
            write(line, call);
        } catch (SocketException e) {
            try {
                return HttpResponse.on(line); // whoever refuses a long body need not read it to its end
            } catch (IOException none) {
                throw e;
            }
        }
        return HttpResponse.on(line);
    }

    private void write(Connection line, HttpRequest call) throws IOException {
        StringBuilder head = new StringBuilder(512);
        head.append(call.method()).append(' ').append(server.getRawPath()).append(call.path());
        head.append(" HTTP/1.1\r\nHost: ").append(server.getHost());
        if (server.getPort() >= 0) {
            head.append(':').append(server.getPort());
        }
        head.append("\r\nConnection: close\r\n");
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        RequestBody body = call.body();
        if (body != null) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        head.append("\r\n");
        OutputStream out = line.out();
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
            body.writeTo(out);
        }
        out.flush();
    }
}
