package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.events.EventStreams;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Streams the events of one job to clients. */
@Singleton
public final class JobEventStreams extends EventStreams {

    @Inject
    JobEventStreams(JobEvents events, JobWaiters waiters) {
        this(events, waiters, Infrastructure.getDefaultWorkerPool(), Settings.DEFAULT);
    }

    /** @param executor for database queries */
    public JobEventStreams(JobEvents events, JobWaiters waiters, Executor executor, Settings settings) {
        super(new JobSource(events, waiters), executor, settings);
    }

    private record JobSource(JobEvents events, JobWaiters waiters) implements Source {
        @Override
        public Optional<Page> after(UUID key, long since) {
            return events.after(key, since)
                    .map(page -> new Page(
                            page.status().wireName(),
                            page.status().isTerminal(),
                            page.lastId(),
                            page.events().stream()
                                    .map(event -> new StoredEvent(event.id(), event.type(), event.data()))
                                    .toList()));
        }

        @Override
        public CompletionStage<Boolean> awaitEvent(UUID key, long since, Duration limit) {
            return waiters.awaitEvent(key, since, limit);
        }

        @Override
        public boolean isClosed() {
            return waiters.isClosed();
        }
    }
}
