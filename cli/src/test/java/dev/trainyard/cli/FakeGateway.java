package dev.trainyard.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A stub gateway: returns prepared responses and records the requests. */
public final class FakeGateway implements BeforeEachCallback, AfterEachCallback {
    private static final int DISCONNECT = -1;
    private static final int HOLD = -2;
    private static final int NO_RESPONSE = -3;
    /** Generous for a busy machine. */
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);

    private final Map<String, Deque<Response>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    private record Response(int status, byte[] body, Map<String, String> headers) {}

    /** @param requestLine method and path with query, such as {@code GET /api/v1/train?limit=1} */
    public record Request(String requestLine, Headers headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        stop();
        threads.shutdownNow();
    }

    public void stop() {
        over.countDown();
        server.stop(0);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Several responses to the same request are used in turn; the last one is repeated. */
    public FakeGateway on(String requestLine, int status, String body, String... headers) {
        return on(requestLine, status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public FakeGateway on(String requestLine, int status, byte[] body, String... headers) {
        return add(
                requestLine,
                new Response(status, body, headers.length == 0 ? Map.of() : Map.of(headers[0], headers[1])));
    }

    /** Closes the connection instead of answering. */
    public FakeGateway disconnectOn(String requestLine) {
        return add(requestLine, new Response(DISCONNECT, new byte[0], Map.of()));
    }

    /** Sends {@code text} and keeps the connection open. */
    public FakeGateway streamAndHoldOn(String requestLine, String text) {
        return add(requestLine, new Response(HOLD, text.getBytes(StandardCharsets.UTF_8), Map.of()));
    }

    /** Accepts the request and never answers. */
    public FakeGateway noResponseOn(String requestLine) {
        return add(requestLine, new Response(NO_RESPONSE, new byte[0], Map.of()));
    }

    /** Waits until the request was received; fails after a time limit. */
    public Request await(String requestLine) throws InterruptedException {
        long end = System.nanoTime() + REQUEST_LIMIT.toNanos();
        synchronized (requests) {
            while (!requestLines().contains(requestLine) && System.nanoTime() - end < 0) {
                TimeUnit.NANOSECONDS.timedWait(requests, Math.max(1, end - System.nanoTime()));
            }
        }
        return request(requestLine);
    }

    private FakeGateway add(String requestLine, Response answer) {
        answers.computeIfAbsent(requestLine, key -> new ArrayDeque<>()).add(answer);
        return this;
    }

    public List<Request> requests() {
        return requests;
    }

    public List<String> requestLines() {
        return requests.stream().map(Request::requestLine).toList();
    }

    public Request request(String requestLine) {
        return requests.stream()
                .filter(request -> request.requestLine().equals(requestLine))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no request %s, only %s".formatted(requestLine, requestLines())));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String requestLine = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        synchronized (requests) {
            requests.add(new Request(
                    requestLine,
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody().readAllBytes()));
            requests.notifyAll();
        }
        Response answer = next(requestLine);
        if (answer.status() == DISCONNECT) {
            exchange.close();
            return;
        }
        if (answer.status() == NO_RESPONSE) {
            awaitEnd(exchange);
            return;
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        if (answer.status() == HOLD) {
            hold(exchange, answer.body());
            return;
        }
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
        exchange.close();
    }

    private Response next(String requestLine) {
        Deque<Response> queue = answers.get(requestLine);
        if (queue == null) {
            return new Response(404, "{\"detail\":\"nothing here\"}".getBytes(StandardCharsets.UTF_8), Map.of());
        }
        synchronized (queue) {
            return queue.size() > 1 ? queue.remove() : queue.peek();
        }
    }

    private void hold(HttpExchange exchange, byte[] text) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.write(text);
        out.flush();
        awaitEnd(exchange);
    }

    private void awaitEnd(HttpExchange exchange) {
        try {
            over.await();
        } catch (InterruptedException e) {
            exchange.close(); // the test has ended
        }
    }
}
