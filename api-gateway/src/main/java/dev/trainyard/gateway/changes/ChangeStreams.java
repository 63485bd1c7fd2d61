package dev.trainyard.gateway.changes;

import dev.trainyard.gateway.changes.ChangeStream.Line;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines to clients that watch all jobs. They share one query, whatever gateway made the changes. */
public final class ChangeStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeStreams.class);
    static final int LIMIT = 1_000;
    /** Changes carry the time at which their transactions began and are seen when they end, which may be later. */
    static final Duration OVERLAP = Duration.ofSeconds(3);

    private static final int MOST_ROWS = 5_000;
    /** Less than the overlap, so that what changed meanwhile is still seen after it. */
    private static final long RELOAD_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final ChangeQueries queries;
    private final Executor executor;
    private final Duration heartbeat;
    private final Duration patience;
    private final Set<ChangeStream> open = ConcurrentHashMap.newKeySet();
    private final Map<UUID, JobChange> told = new HashMap<>();
    private Instant heard;
    private long reloadedAt = System.nanoTime() - RELOAD_PAUSE_NANOS;
    private volatile boolean closed;

    /**
     * @param executor that lines are sent on
     * @param heartbeat after which a silent line shows that it is alive
     * @param patience with a client that does not take what it was sent
     */
    public ChangeStreams(ChangeQueries queries, Executor executor, Duration heartbeat, Duration patience) {
        this.queries = queries;
        this.executor = executor;
        this.heartbeat = heartbeat;
        this.patience = patience;
    }

    boolean isFull() {
        return open.size() >= LIMIT;
    }

    /**
     * All changes from now on, and before them those after {@code since}.
     *
     * @param since null for a client that has heard nothing yet
     * @param hangUp breaks the connection of a client that takes nothing
     */
    Multi<Line> follow(Instant since, Runnable hangUp) {
        Instant now = queries.now(); // fails while there is still an answer to give
        return Multi.createFrom().deferred(() -> {
            ChangeStream stream = new ChangeStream(now, hangUp);
            open.add(stream); // before the missed changes are read, so that none falls in between
            if (closed) {
                stream.close();
            }
            if (since != null) {
                executor.execute(() -> tellMissed(stream, since.minus(OVERLAP)));
            }
            return Multi.createBy()
                    .repeating()
                    .uni(() -> Uni.createFrom()
                            .completionStage(() -> stream.next(heartbeat))
                            .emitOn(executor))
                    .whilst(step -> !step.last())
                    .onItem()
                    .transformToMultiAndConcatenate(step -> Multi.createFrom().iterable(step.lines()))
                    .onTermination()
                    .invoke(() -> open.remove(stream));
        });
    }

    private void tellMissed(ChangeStream stream, Instant since) {
        try {
            List<JobChange> missed = queries.since(since, ChangeStream.MOST_WAITING + 1);
            if (missed.size() <= ChangeStream.MOST_WAITING) {
                stream.tell(missed);
                return;
            }
        } catch (JdbiException e) {
            LOG.warn("a watcher has to read its lists again, the database did not answer: {}", e.toString());
        }
        stream.haveReload();
    }

    /** Tells all lines what changed since the last look. */
    public synchronized void look() {
        if (open.isEmpty()) {
            heard = null;
            told.clear();
            return;
        }
        if (heard == null) {
            heard = queries.now(); // nobody listened before, and who comes later reads what is after this
        }
        Instant from = heard.minus(OVERLAP);
        List<JobChange> rows = queries.since(from, MOST_ROWS);
        told.values().removeIf(change -> !change.updatedAt().isAfter(from));
        if (rows.size() == MOST_ROWS) {
            heard = queries.now();
            haveAllReload();
            return;
        }
        List<JobChange> news = new ArrayList<>();
        for (JobChange row : rows) {
            if (row.isLaterThan(told.put(row.key(), row))) {
                news.add(row);
            }
            heard = row.updatedAt().isAfter(heard) ? row.updatedAt() : heard;
        }
        open.forEach(stream -> stream.tell(news));
    }

    /** In a flood of changes this is found with every look, and all lists of all clients need not be read that often. */
    private void haveAllReload() {
        long now = System.nanoTime();
        if (now - reloadedAt >= RELOAD_PAUSE_NANOS) {
            reloadedAt = now;
            open.forEach(ChangeStream::haveReload);
        }
    }

    /** Hangs up on clients that have taken nothing for too long. */
    public void sweep() {
        long now = System.nanoTime();
        open.forEach(stream -> stream.hangUpIfStuck(now, patience));
    }

    /** This gateway ends, and its clients shall ask another. */
    public void close() {
        closed = true;
        open.forEach(ChangeStream::close);
    }
}
