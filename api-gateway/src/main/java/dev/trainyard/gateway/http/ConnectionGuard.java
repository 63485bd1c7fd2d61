package dev.trainyard.gateway.http;

import dev.trainyard.gateway.runtime.GatewaySettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.impl.VertxInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections that hold resources which others need: those of a client that has too many, those whose request
 * headers do not arrive, idle ones, and those whose client does not read its answers. Each event loop checks its own
 * connections twice a second. Vert.x has only one idle timeout for all of these, and long polls need a long one.
 */
@ApplicationScoped
class ConnectionGuard {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGuard.class);
    /** Before every other handler, to track which connections serve a request. */
    static final int ORDER = Integer.MIN_VALUE;

    private static final long PERIOD_MILLIS = 500;
    /** Time without progress after which a client is disconnected while unread answers take too much memory. */
    private static final long SHORT_STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConnectionLimits limits;
    private final Map<EventExecutor, ConnectionCounts> counts = new ConcurrentHashMap<>();
    private final List<Future<?>> checks = new CopyOnWriteArrayList<>();
    private final MeterRegistry metrics;

    ConnectionGuard(GatewaySettings settings, MeterRegistry metrics) {
        this.limits = ConnectionLimits.of(settings.http());
        this.metrics = metrics;
    }

    /** Connections of each client on one event loop, and its unsent bytes. */
    private record ConnectionCounts(Map<String, Integer> connections, Map<String, Long> pendingBytes) {}

    void start(@Observes StartupEvent event, Vertx vertx) {
        for (EventExecutor executor : ((VertxInternal) vertx).getEventLoopGroup()) {
            if (executor instanceof SingleThreadEventLoop loop) {
                checks.add(loop.scheduleWithFixedDelay(
                        () -> check(loop), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
            }
        }
    }

    @PreDestroy
    void stop() {
        checks.forEach(check -> check.cancel(false));
    }

    void install(@Observes Router router) {
        router.route().order(ORDER).handler(ConnectionGuard::begin);
    }

    /**
     * Does not serve requests whose connection is already closed. A client may pipeline a request and disconnect.
     * Vert.x still starts that request, and a thread that answered it would wait forever to write, because Vert.x
     * reports the close only to requests that were being served at that time.
     */
    private static void begin(RoutingContext routing) {
        if (!(routing.request().connection() instanceof HttpServerConnection connection)) {
            routing.next();
            return;
        }
        if (!connection.channel().isActive()) {
            routing.end();
            return;
        }
        ConnectionState state = ConnectionState.of(connection.channel());
        state.requestStarted();
        EventLoop loop = connection.channel().eventLoop();
        routing.addEndHandler(ended -> {
            if (loop.inEventLoop()) {
                state.requestEnded();
            } else {
                loop.execute(state::requestEnded);
            }
        });
        // A pipelined request is served once the client has read enough of the earlier responses.
        Context context = Vertx.currentContext();
        state.takeTurn(() -> context.runOnContext(turn -> routing.next()), routing::next);
    }

    /** Stops serving requests on the connection of {@code request}; {@link #close} follows. */
    static void willClose(HttpServerRequest request) {
        if (request.connection() instanceof HttpServerConnection connection) {
            ConnectionState.of(connection.channel()).willClose();
        }
    }

    /** Closes the connection of {@code request}, even if there is unsent data. */
    static void close(HttpServerRequest request) {
        if (request.connection() instanceof HttpServerConnection connection
                && connection.channel().isOpen()) {
            ConnectionState.of(connection.channel()).close();
        }
    }

    private void check(SingleThreadEventLoop loop) {
        try {
            long now = System.nanoTime();
            List<ConnectionState> open = new ArrayList<>();
            Map<String, Integer> connections = new ConcurrentHashMap<>();
            Map<String, Long> pending = new ConcurrentHashMap<>();
            for (Iterator<Channel> each = loop.registeredChannelsIterator(); each.hasNext(); ) {
                Channel channel = each.next();
                if (channel.parent() != null && channel.isActive()) {
                    ConnectionState state = ConnectionState.of(channel);
                    open.add(state);
                    connections.merge(state.client(), 1, Integer::sum);
                    pending.merge(state.client(), state.pendingBytes(), Long::sum);
                }
            }
            counts.put(loop, new ConnectionCounts(connections, pending));
            closeOverdue(open, now);
            closeSlowestReaders(open, now);
            closeExcess(open, connections);
        } catch (RuntimeException e) {
            LOG.error("connections could not be checked, trying again", e); // otherwise it would never run again
        }
    }

    /**
     * While unread answers take too much memory, closes connections that read nothing, starting with the client with
     * the most unread bytes. Other event loops do the same with their connections.
     */
    private void closeSlowestReaders(List<ConnectionState> open, long now) {
        Map<String, Long> unread = new HashMap<>();
        counts.values().forEach(loop -> loop.pendingBytes()
                .forEach((client, bytes) -> unread.merge(client, bytes, Long::sum)));
        long excess = unread.values().stream().mapToLong(Long::longValue).sum() - limits.answerBytes();
        List<Map.Entry<String, Long>> clients = new ArrayList<>(unread.entrySet());
        clients.sort(Map.Entry.<String, Long>comparingByValue().reversed());
        for (Map.Entry<String, Long> client : clients) {
            if (excess <= 0) {
                return;
            }
            long others = client.getValue();
            List<ConnectionState> connectionsOfClient = open.stream()
                    .filter(state -> state.client().equals(client.getKey()))
                    .sorted(Comparator.comparingLong(ConnectionState::pendingBytes)
                            .reversed())
                    .toList();
            for (ConnectionState state : connectionsOfClient) {
                long bytes = state.pendingBytes();
                others -= bytes;
                if (excess > 0 && bytes > 0 && state.stuckNanos(now) > SHORT_STUCK_NANOS) {
                    excess -= bytes;
                    close(state, "slow-reader");
                }
            }
            excess -= others; // its connections on other event loops are closed there
        }
    }

    private void closeOverdue(List<ConnectionState> open, long now) {
        for (ConnectionState state : open) {
            if (state.stuckNanos(now) > limits.writeNanos()) {
                close(state, "slow-reader");
            } else if (state.headNanos(now) > limits.headNanos()) {
                close(state, "slow-head");
            } else if (state.idleNanos(now) > limits.idleNanos()) {
                close(state, "idle");
            }
        }
    }

    private void closeExcess(List<ConnectionState> open, Map<String, Integer> ownCounts) {
        ownCounts.forEach((client, count) -> {
            int all = counts.values().stream()
                    .mapToInt(loop -> loop.connections().getOrDefault(client, 0))
                    .sum();
            if (all > limits.connectionsPerClient()) {
                long excess = Math.round(Math.ceil((double) (all - limits.connectionsPerClient()) * count / all));
                List<ConnectionState> connectionsOfClient = open.stream()
                        .filter(state -> state.client().equals(client))
                        .toList();
                connectionsOfClient.stream()
                        .sorted((a, b) -> Boolean.compare(a.isServing(), b.isServing()))
                        .limit(excess)
                        .forEach(state -> close(state, "too-many"));
            }
        });
    }

    private void close(ConnectionState state, String reason) {
        Counter.builder("trainyard.http.connections.closed")
                .tag("reason", reason)
                .register(metrics)
                .increment();
        LOG.debug("a connection of {} is closed: {}", state.client(), reason);
        state.close();
    }
}
