package dev.trainyard.gateway.changes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * What one client has still to hear. A job that changes again before the client took the change is told once, so a slow
 * client costs no more memory than a few hundred jobs do.
 */
final class ChangeStream {
    /** A client that missed more reads its lists again, which is less work for both. */
    static final int MOST_WAITING = 1_000;

    private final Runnable hangUp;
    private final Map<UUID, JobChange> waiting = new LinkedHashMap<>();
    private Instant ready;
    private boolean reload;
    private boolean closed;
    private CompletableFuture<Boolean> bell;
    private Long sentAt;

    /** @param hangUp breaks the connection of a client that takes nothing */
    ChangeStream(Instant ready, Runnable hangUp) {
        this.ready = ready;
        this.hangUp = hangUp;
    }

    /** A line of the stream: a change, or a word of another kind; both are null for a sign of life. */
    record Line(JobChange change, String name, Instant at) {
        static final Line ALIVE = new Line(null, null, null);
    }

    /** What is sent at once; {@code last} if nothing follows. */
    record Step(List<Line> lines, boolean last) {}

    synchronized void tell(Collection<JobChange> changes) {
        for (JobChange change : changes) {
            if (change.isLaterThan(waiting.get(change.key()))) {
                waiting.remove(change.key());
                waiting.put(change.key(), change);
            }
        }
        if (waiting.size() > MOST_WAITING) {
            haveReload();
        } else if (!changes.isEmpty()) {
            ring();
        }
    }

    /** The client missed too much, so that only its lists can tell it. */
    synchronized void haveReload() {
        waiting.clear();
        reload = true;
        ring();
    }

    synchronized void close() {
        closed = true;
        ring();
    }

    /** The next lines, once there are some or {@code limit} has passed; asked for when the last were taken. */
    synchronized CompletionStage<Step> next(Duration limit) {
        sentAt = null;
        if (ready != null || reload || closed || !waiting.isEmpty()) {
            return CompletableFuture.completedFuture(take());
        }
        bell = new CompletableFuture<>();
        return bell.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(rung -> take());
    }

    private synchronized Step take() {
        List<Line> lines = new ArrayList<>();
        if (ready != null) {
            lines.add(new Line(null, "ready", ready));
            ready = null;
        }
        if (reload) {
            lines.add(new Line(null, "reload", Instant.now()));
            reload = false;
        }
        waiting.values().forEach(change -> lines.add(new Line(change, "job", null)));
        waiting.clear();
        if (lines.isEmpty() && !closed) {
            lines.add(Line.ALIVE);
        }
        sentAt = System.nanoTime();
        return new Step(lines, closed);
    }

    synchronized void hangUpIfStuck(long now, Duration patience) {
        if (sentAt != null && now - sentAt > patience.toNanos()) {
            hangUp.run();
        }
    }

    private void ring() {
        if (bell != null) {
            bell.complete(true);
            bell = null;
        }
    }
}
