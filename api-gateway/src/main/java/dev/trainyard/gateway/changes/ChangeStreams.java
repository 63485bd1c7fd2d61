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

/** Lines to clients that watch all jobs. They share one query, whatever gateway made the changes. */
public final class ChangeStreams {
    static final int LIMIT = 1_000;
    /** Changes carry the time at which their transactions began and are seen when they end, which may be later. */
    static final Duration OVERLAP = Duration.ofSeconds(3);

    private static final int MOST_ROWS = 5_000;

    private final ChangeQueries queries;
    private final Executor executor;
    private final Duration heartbeat;
    private final Duration patience;
    private final Set<ChangeStream> open = ConcurrentHashMap.newKeySet();
    private final Map<UUID, JobChange> told = new HashMap<>();
    private Instant heard;
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
        ChangeStream stream = new ChangeStream(queries.now(), hangUp);
        open.add(stream); // before the missed changes are read, so that none falls in between
        try {
            if (since != null) {
                tellMissed(stream, since.minus(OVERLAP));
            }
        } catch (RuntimeException e) {
            open.remove(stream);
            throw e;
        }
        if (closed) {
            stream.close();
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
    }

    private void tellMissed(ChangeStream stream, Instant since) {
        List<JobChange> missed = queries.since(since, ChangeStream.MOST_WAITING + 1);
        if (missed.size() > ChangeStream.MOST_WAITING) {
            stream.haveReload();
        } else {
            stream.tell(missed);
        }
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
            open.forEach(ChangeStream::haveReload);
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
