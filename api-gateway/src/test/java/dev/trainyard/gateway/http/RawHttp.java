package dev.trainyard.gateway.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sends raw bytes and reads the responses. */
public final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MS = 10_000;

    /** @param headers by name in any case; of several of one name the last */
    public record Response(int status, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.get(name);
        }
    }

    private final Socket socket;
    private final InputStream in;

    public RawHttp(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends one request on a new connection. */
    public static Response ask(URI server, String request) throws IOException {
        try (RawHttp connection = new RawHttp(server)) {
            connection.send(request);
            return connection.answer(!request.startsWith("HEAD "));
        }
    }

    /** @param request one byte a character */
    public void send(String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** @param withBody false of an answer that has none, or whose body does not end */
    public Response answer(boolean withBody) throws IOException {
        String[] start = line().split(" ", 3);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] header = line.split(":", 2);
            headers.put(header[0], header[1].strip());
        }
        return new Response(Integer.parseInt(start[1]), headers, withBody ? body(headers) : "");
    }

    /** Returns true if the server has closed the connection and no byte is left. */
    public boolean isClosed() throws IOException {
        return in.read() < 0;
    }

    /** Returns true if the server closes the connection after the rest of the response. */
    public boolean isClosedAfterTheRest() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // reset, for it had sent more than was read
        }
    }

    String body(Map<String, String> headers) throws IOException {
        if (headers.containsKey("Content-Length")) {
            return text(in.readNBytes(Integer.parseInt(headers.get("Content-Length"))));
        }
        if (!headers.containsKey("Transfer-Encoding")) {
            return "";
        }
        List<byte[]> chunks = new ArrayList<>();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            chunks.add(in.readNBytes(size));
            line();
        }
        line();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] chunk : chunks) {
            all.write(chunk);
        }
        return text(all.toByteArray());
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended after: " + text(line.toByteArray()));
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return text(line.toByteArray());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
