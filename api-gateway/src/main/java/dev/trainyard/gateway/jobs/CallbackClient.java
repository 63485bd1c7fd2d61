package dev.trainyard.gateway.jobs;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends callbacks to clients' servers. It connects to the address that was checked, which prevents DNS rebinding; it
 * does not follow redirects, and reads only the status of a response.
 */
final class CallbackClient {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackClient.class);
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(5);
    /** Short, because a submission waits for the lookup. */
    private static final Duration LOOKUP_LIMIT = Duration.ofSeconds(1);

    /** Maximum connections per server. */
    private static final int CONNECTIONS = 16;

    private static final int LOOKUPS = 16;
    private static final int LOOKUPS_WAITING = 64;

    private final HttpClient http;
    private final Executor executor;
    private final Lookup lookup;
    private final CallbackPorts ports;
    private final Duration limit;

    /** Resolves a host; returns no addresses if it may not be called. */
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** Creates a client that resolves names with the resolver of the system. */
    static CallbackClient of(Vertx vertx, boolean privateAllowed, Optional<Set<Integer>> ports) {
        return new CallbackClient(
                vertx,
                lookups(),
                privateAllowed ? InetAddress::getAllByName : PublicAddress::of,
                CallbackPorts.of(ports, privateAllowed),
                DEFAULT_LIMIT);
    }

    /**
     * @param executor for DNS lookups, see {@link #lookups}
     * @param limit for one call, including the time in which it waits for a connection
     */
    CallbackClient(Vertx vertx, Executor executor, Lookup lookup, CallbackPorts ports, Duration limit) {
        this.limit = limit;
        this.ports = ports;
        this.http = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setKeepAlive(false)
                        .setMaxPoolSize(CONNECTIONS)
                        .setConnectTimeout((int) limit.toMillis()))
                .withConnectHandler(connection -> closeInTime(vertx, connection, limit))
                .build();
        this.executor = executor;
        this.lookup = lookup;
    }

    /** Closes connections that were established after their call timed out; no limit of Vert.x covers them. */
    private static void closeInTime(Vertx vertx, HttpConnection connection, Duration limit) {
        long timer = vertx.setTimer(limit.toMillis(), id -> connection.close());
        connection.closeHandler(closed -> vertx.cancelTimer(timer));
    }

    /** Creates separate threads, so that slow DNS lookups do not delay requests. */
    static Executor lookups() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                LOOKUPS, LOOKUPS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(LOOKUPS_WAITING), task -> {
                    Thread thread = new Thread(task, "callback-lookup-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Resolves {@code host}; returns no addresses if it may not be called. Fails with an {@link UnknownHostException},
     * with a {@link java.util.concurrent.TimeoutException} after {@link #LOOKUP_LIMIT}, or with a
     * {@link RejectedExecutionException} if too many lookups are waiting.
     */
    CompletableFuture<InetAddress[]> addresses(String host) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return lookup.addresses(host);
                                } catch (UnknownHostException e) {
                                    throw new CompletionException(e);
                                }
                            },
                            executor)
                    .orTimeout(LOOKUP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    CallbackPorts ports() {
        return ports;
    }

    /**
     * Returns the status of the response; fails if there is none within the limit or the host may not be called.
     */
    CompletableFuture<Integer> post(String url, String body, Map<String, String> headers) {
        AtomicReference<HttpClientRequest> open = new AtomicReference<>();
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        CompletableFuture.completedFuture(url)
                .thenCompose(known -> addresses(URI.create(known).getHost()))
                .thenCompose(addresses -> http.request(options(url, addresses))
                        .compose(request -> {
                            open.set(request);
                            return answer.isDone() // timed out while waiting for a pooled connection
                                    ? Future.failedFuture("the call has timed out")
                                    : send(request, body, headers);
                        })
                        .map(CallbackClient::status)
                        .toCompletionStage())
                .whenComplete((status, failure) -> {
                    if (failure == null) {
                        answer.complete(status);
                    } else {
                        close(open.get());
                        answer.completeExceptionally(failure);
                    }
                });
        return answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((status, failure) -> close(open.get())); // the rest of the response is not read
    }

    private static Future<HttpClientResponse> send(
            HttpClientRequest request, String body, Map<String, String> headers) {
        headers.forEach(request::putHeader);
        return request.putHeader("Content-Type", "application/json").send(Buffer.buffer(body));
    }

    private static void close(@Nullable HttpClientRequest request) {
        if (request != null) {
            request.connection().close();
        }
    }

    private static int status(HttpClientResponse response) {
        response.exceptionHandler(e -> LOG.debug("The rest of a response was not read", e));
        return response.statusCode();
    }

    private RequestOptions options(String url, InetAddress[] addresses) {
        if (addresses.length == 0) {
            throw new IllegalStateException("the host resolves to a private address");
        }
        // the operator may have changed the ports since the job was submitted
        if (!ports.allow(URI.create(url), addresses)) {
            throw new IllegalStateException("its URL " + ports.refusal(URI.create(url)));
        }
        // the timeout includes the wait for a connection
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(URI.create(url).toASCIIString())
                .setTimeout(limit.toMillis());
        return options.setServer(SocketAddress.inetSocketAddress(options.getPort(), addresses[0].getHostAddress()));
    }
}
