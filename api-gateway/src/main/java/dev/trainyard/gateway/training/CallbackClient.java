package dev.trainyard.gateway.training;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a client's server. The address that was looked at is the one that is connected to, so that a name which leads
 * elsewhere a moment later leads nowhere; redirects are not followed, and of an answer only the status is read.
 */
final class CallbackClient {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackClient.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HttpClient http;
    private final Executor executor;
    private final Lookup lookup;

    /** Where a host leads; none if it may not be called. */
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** @param executor for what looks names up */
    CallbackClient(Vertx vertx, Executor executor, Lookup lookup) {
        this.http = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false).setConnectTimeout((int) LIMIT.toMillis()));
        this.executor = executor;
        this.lookup = lookup;
    }

    InetAddress[] addresses(String host) throws UnknownHostException {
        return lookup.addresses(host);
    }

    /** The status of the answer; fails if there is none within {@link #LIMIT} or the address may not be called. */
    CompletableFuture<Integer> post(String url, String body, String signature) {
        AtomicReference<HttpClientRequest> sent = new AtomicReference<>();
        return CompletableFuture.supplyAsync(() -> options(URI.create(url)), executor)
                .thenCompose(options -> http.request(options)
                        .compose(request -> {
                            sent.set(request);
                            return request.putHeader("Content-Type", "application/json")
                                    .putHeader("Trainyard-Signature", signature)
                                    .send(Buffer.buffer(body));
                        })
                        .map(CallbackClient::status)
                        .toCompletionStage())
                .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((status, failure) -> {
                    HttpClientRequest request = sent.get();
                    if (request != null) {
                        request.connection().close(); // whatever the rest of the answer is
                    }
                });
    }

    private static int status(HttpClientResponse response) {
        response.exceptionHandler(e -> LOG.debug("the rest of an answer was not waited for", e));
        return response.statusCode();
    }

    private RequestOptions options(URI url) {
        InetAddress[] addresses;
        try {
            addresses = addresses(url.getHost());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the host cannot be found", e);
        }
        if (addresses.length == 0) {
            throw new IllegalStateException("the host leads to a private address");
        }
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(url.toString());
        return options.setServer(SocketAddress.inetSocketAddress(options.getPort(), addresses[0].getHostAddress()));
    }
}
