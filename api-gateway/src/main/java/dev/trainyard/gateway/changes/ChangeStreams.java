package dev.trainyard.gateway.changes;

import dev.trainyard.gateway.changes.ChangeStream.Event;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Streams changes of all jobs to clients. One query serves all streams and also finds changes by other gateways. */
@Singleton
public final class ChangeStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeStreams.class);
    static final int LIMIT = 1_000;
    /** {@code updated_at} is the start of a transaction, which becomes visible only at its commit. */
    static final Duration OVERLAP = Duration.ofSeconds(3);

    private static final int MOST_ROWS = 5_000;
    /** Less than {@link #OVERLAP}, so that no change is missed in between. */
    private static final long RELOAD_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /** The web page treats a longer silence as a lost connection, so that it notices an outage within 5 s. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(60);

    private final ChangeQueries queries;
    private final Executor executor;
    private final Duration heartbeat;
    private final Duration writeTimeout;
    private final Set<ChangeStream> open = ConcurrentHashMap.newKeySet();
    private final Map<UUID, JobChange> published = new HashMap<>();
    private @Nullable Instant position;
    private long reloadedAt = System.nanoTime() - RELOAD_PAUSE_NANOS;
    private volatile boolean closed;

    @Inject
    ChangeStreams(ChangeQueries queries) {
        this(queries, Infrastructure.getDefaultWorkerPool(), HEARTBEAT, WRITE_TIMEOUT);
    }

    /**
     * @param executor sends the events
     * @param heartbeat time without changes after which a sign of life is sent
     * @param writeTimeout time after which a client that does not read is disconnected
     */
    public ChangeStreams(ChangeQueries queries, Executor executor, Duration heartbeat, Duration writeTimeout) {
        this.queries = queries;
        this.executor = executor;
        this.heartbeat = heartbeat;
        this.writeTimeout = writeTimeout;
    }

    boolean isFull() {
        return open.size() >= LIMIT;
    }

    /**
     * Streams all changes of a project from now on, preceded by those after {@code since}.
     *
     * @param since null for a new client
     * @param closeConnection called if the client stops reading
     */
    Multi<Event> follow(String project, @Nullable Instant since, Runnable closeConnection) {
        Instant now = queries.now(); // fails before the response has started
        return Multi.createFrom().deferred(() -> {
            ChangeStream stream = new ChangeStream(project, now, closeConnection);
            add(stream, now); // before the missed changes are read, so that none is lost
            if (closed) {
                stream.close();
            }
            if (since != null) {
                executor.execute(() -> publishMissed(stream, since.minus(OVERLAP)));
            }
            return Multi.createBy()
                    .repeating()
                    .uni(() -> Uni.createFrom()
                            .completionStage(() -> stream.next(heartbeat))
                            .emitOn(executor))
                    .whilst(batch -> !batch.last())
                    .onItem()
                    .transformToMultiAndConcatenate(batch -> Multi.createFrom().iterable(batch.events()))
                    .onTermination()
                    .invoke(() -> open.remove(stream));
        });
    }

    private synchronized void add(ChangeStream stream, Instant now) {
        open.add(stream);
        if (position == null) {
            position = now;
        }
    }

    private void publishMissed(ChangeStream stream, Instant since) {
        try {
            List<JobChange> missed = queries.since(since, stream.project(), ChangeStream.MOST_WAITING + 1);
            if (missed.size() <= ChangeStream.MOST_WAITING) {
                stream.publish(missed);
                return;
            }
        } catch (JdbiException e) {
            LOG.warn("A client must reload its lists because the database is unavailable: {}", e.toString());
        }
        stream.requestReload();
    }

    /** Publishes what changed since the previous call to all streams. */
    public synchronized void poll() {
        if (open.isEmpty() || position == null) {
            position = null;
            published.clear();
            return;
        }
        Instant from = position.minus(OVERLAP);
        List<JobChange> rows = queries.since(from, null, MOST_ROWS);
        published.values().removeIf(change -> !change.updatedAt().isAfter(from));
        if (rows.size() == MOST_ROWS) {
            position = queries.now();
            requestReloadOfAll();
            return;
        }
        List<JobChange> changes = new ArrayList<>();
        for (JobChange row : rows) {
            if (row.isLaterThan(published.put(row.key(), row))) {
                changes.add(row);
            }
            position = row.updatedAt().isAfter(position) ? row.updatedAt() : position;
        }
        open.forEach(stream -> stream.publish(changes));
    }

    /** Limits reloads while too many jobs change at each call. */
    private void requestReloadOfAll() {
        long now = System.nanoTime();
        if (now - reloadedAt >= RELOAD_PAUSE_NANOS) {
            reloadedAt = now;
            open.forEach(ChangeStream::requestReload);
        }
    }

    /** Disconnects clients that stopped reading. */
    public void sweep() {
        long now = System.nanoTime();
        open.forEach(stream -> stream.closeIfStalled(now, writeTimeout));
    }

    /** Ends all streams so that clients reconnect to another gateway. */
    public void close() {
        closed = true;
        open.forEach(ChangeStream::close);
    }
}
