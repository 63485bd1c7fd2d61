package dev.trainyard.artifact.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A proxy before an S3 server that injects failures into requests. */
final class FaultProxy implements AutoCloseable {
    /** What happens to a request. */
    enum Fault {
        /** The server is overloaded. */
        SLOW_DOWN,
        /** The connection is closed within the request's body. */
        CUT_REQUEST,
        /** The request is processed, and the connection closed within the response's body. */
        CUT_RESPONSE,
        /** The request is processed, and the connection closed before the response. */
        LOST_RESPONSE,
        /** One bit of the request's body changes on the way. */
        CHANGED_REQUEST,
        /** One bit of the response's body changes on the way. */
        CHANGED_RESPONSE,
        /** No answer until the client gives up. */
        SILENCE
    }

    private record Injected(Fault fault, Predicate<String> request) {}

    private static final Set<String> OWN_HEADERS =
            Set.of("host", "content-length", "connection", "expect", "transfer-encoding", "upgrade", "http2-settings");

    private final HttpServer server;
    private final URI target;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Injected> faults = new ConcurrentLinkedQueue<>();
    private final Map<String, HttpResponse<byte[]>> lists = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean lagging;
    private volatile long delayMillis;

    FaultProxy(URI target) throws IOException {
        this.target = target;
        this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** @param request accepts the requests concerned, such as {@code PUT /bucket/key?partNumber=1} */
    void inject(Fault fault, int times, Predicate<String> request) {
        for (int i = 0; i < times; i++) {
            faults.add(new Injected(fault, request));
        }
    }

    /** Each answer takes this much longer. */
    void delay(long millis) {
        delayMillis = millis;
    }

    /** From now on lists are answered as they were when they were first asked for. */
    void lag() {
        lagging = true;
    }

    /** Requests so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(request);
            Fault fault = next(request);
            if (fault == Fault.SILENCE) {
                await(60_000);
                return;
            }
            await(delayMillis);
            if (fault == Fault.CUT_REQUEST) {
                exchange.getRequestBody().readNBytes(100);
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (fault == Fault.SLOW_DOWN) {
                send(exchange, 503, "<Error><Code>SlowDown</Code></Error>".getBytes(StandardCharsets.UTF_8), 1);
                return;
            }
            if (fault == Fault.CHANGED_REQUEST) {
                body[body.length / 2] ^= 1;
            }
            HttpResponse<byte[]> response = list(request, () -> forward(exchange, body));
            if (fault == Fault.LOST_RESPONSE) {
                return;
            }
            response.headers().map().forEach((name, values) -> {
                if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            if (fault == Fault.CHANGED_RESPONSE) {
                response.body()[response.body().length / 2] ^= 1;
            }
            response.headers()
                    .firstValue("content-length")
                    .filter(length -> exchange.getRequestMethod().equals("HEAD"))
                    .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
            send(exchange, response.statusCode(), response.body(), fault == Fault.CUT_RESPONSE ? 2 : 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault next(String request) {
        Injected first = faults.peek();
        return first != null && first.request().test(request) && faults.remove(first) ? first.fault() : null;
    }

    private void await(long millis) throws InterruptedException {
        if (millis > 0) {
            closed.await(millis, TimeUnit.MILLISECONDS);
        }
    }

    private interface Forward {
        HttpResponse<byte[]> send() throws IOException, InterruptedException;
    }

    private HttpResponse<byte[]> list(String request, Forward forward) throws IOException, InterruptedException {
        if (!request.contains("list-type=2")) {
            return forward.send();
        }
        HttpResponse<byte[]> old = lists.get(request);
        if (lagging && old != null) {
            return old;
        }
        HttpResponse<byte[]> now = forward.send();
        lists.put(request, now);
        return now;
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** @param share of the body that is sent before the connection is closed; 1 for all of it */
    private static void send(HttpExchange exchange, int status, byte[] body, int share) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (head || body.length == 0) {
            return;
        }
        OutputStream out = exchange.getResponseBody();
        out.write(Arrays.copyOf(body, body.length / share));
        out.flush();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
