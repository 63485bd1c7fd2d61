package dev.trainyard.gateway.training;

import dev.trainyard.gateway.TransientErrors;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Lines that clients hold open to hear of a job. A page is read when a client has taken the one before, so that a slow
 * one costs a page of memory and no thread; one that takes nothing for long is hung up on.
 */
public final class JobEventStreams {
    static final int LIMIT = 5_000;

    private final JobEvents events;
    private final JobWaiters waiters;
    private final Executor executor;
    private final Settings settings;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();

    /**
     * How long a stream waits for what.
     *
     * @param heartbeat for news, before it shows that it is alive
     * @param patience for the client to take what it was sent
     */
    public record Settings(Duration heartbeat, Duration patience) {}

    /** @param executor for what waits for the database */
    public JobEventStreams(JobEvents events, JobWaiters waiters, Executor executor, Settings settings) {
        this.events = events;
        this.waiters = waiters;
        this.executor = executor;
        this.settings = settings;
    }

    /** What is sent: an event with its number, the end without one, or a comment; the rest is null. */
    public record Line(Long id, String name, String data, String comment) {
        private static Line of(JobEvents.JobEvent event) {
            return new Line(event.id(), event.type(), event.data(), null);
        }

        private static Line end(String status) {
            return new Line(null, "end", "{\"status\":\"%s\"}".formatted(status), null);
        }

        private static Line remark(String comment) {
            return new Line(null, null, null, comment);
        }
    }

    public boolean isFull() {
        return open.size() >= LIMIT;
    }

    int open() {
        return open.size();
    }

    /**
     * The events of job {@code key} after number {@code since} and, when it has ended, a last line that says so.
     *
     * @param hangUp breaks the connection of a client that takes nothing
     */
    public Multi<Line> follow(UUID key, long since, Runnable hangUp) {
        return Multi.createFrom().deferred(() -> {
            Stream stream = new Stream(key, since, hangUp);
            open.add(stream);
            return Multi.createBy()
                    .repeating()
                    .uni(stream::next)
                    .whilst(step -> !step.last())
                    .onItem()
                    .transformToMultiAndConcatenate(step -> Multi.createFrom().iterable(step.lines()))
                    .onTermination()
                    .invoke(() -> open.remove(stream));
        });
    }

    /** Hangs up on clients that have taken nothing for too long. */
    public void sweep() {
        long now = System.nanoTime();
        open.stream().filter(stream -> stream.isStuck(now)).forEach(stream -> stream.hangUp.run());
    }

    private record Step(List<Line> lines, boolean last) {}

    /** One client's line. Steps follow each other, so what only they touch needs no lock. */
    private final class Stream {
        private final UUID key;
        private final Runnable hangUp;
        private long heard;
        private volatile Long sentAt;

        Stream(UUID key, long since, Runnable hangUp) {
            this.key = key;
            this.heard = since;
            this.hangUp = hangUp;
        }

        boolean isStuck(long now) {
            Long sent = sentAt;
            return sent != null && now - sent > settings.patience().toNanos();
        }

        /** Asked for when the client has taken the step before. */
        Uni<Step> next() {
            sentAt = null;
            return read().chain(step -> step.lines().isEmpty() && !step.last() ? afterNews() : item(step))
                    .onFailure(TransientErrors::is)
                    .recoverWithUni(() -> item(new Step(List.of(Line.remark("waiting for the database")), false))
                            .onItem()
                            .delayIt()
                            .by(Duration.ofSeconds(1)))
                    .invoke(() -> sentAt = System.nanoTime());
        }

        private Uni<Step> read() {
            return Uni.createFrom().item(this::page).runSubscriptionOn(executor);
        }

        private Uni<Step> afterNews() {
            return Uni.createFrom()
                    .completionStage(() -> waiters.awaitEvent(key, heard, settings.heartbeat()))
                    .emitOn(executor)
                    .chain(news -> news ? read() : item(new Step(List.of(Line.remark("alive")), waiters.isClosed())));
        }

        private Step page() {
            if (waiters.isClosed()) {
                return new Step(List.of(), true); // without an end: the client goes on at another gateway
            }
            JobEvents.Page page = events.after(key, heard).orElse(null);
            if (page == null) {
                return new Step(List.of(Line.end("deleted")), true);
            }
            List<Line> lines = new ArrayList<>();
            long next = page.events().isEmpty()
                    ? page.lastId() + 1
                    : page.events().get(0).id();
            if (next > heard + 1) {
                lines.add(Line.remark("events %d to %d are no longer kept".formatted(heard + 1, next - 1)));
                heard = next - 1;
            }
            page.events().stream().map(Line::of).forEach(lines::add);
            if (!page.events().isEmpty()) {
                heard = page.events().get(page.events().size() - 1).id();
            }
            boolean ended = page.status().isTerminal() && heard >= page.lastId();
            if (ended) {
                lines.add(Line.end(page.status().wireName()));
            }
            return new Step(lines, ended);
        }

        private static Uni<Step> item(Step step) {
            return Uni.createFrom().item(step);
        }
    }
}
