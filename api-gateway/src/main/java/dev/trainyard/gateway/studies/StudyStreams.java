package dev.trainyard.gateway.studies;

import dev.trainyard.gateway.events.EventStreams;
import dev.trainyard.gateway.events.WaitingRequests;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Streams the events of one study to clients. */
@Singleton
public final class StudyStreams extends EventStreams {
    private final WaitingRequests<UUID, StudyQueries.Snapshot> waiting;

    @Inject
    StudyStreams(StudyQueries queries) {
        this(queries, new WaitingRequests<>(LIMIT, queries::snapshots));
    }

    private StudyStreams(StudyQueries queries, WaitingRequests<UUID, StudyQueries.Snapshot> waiting) {
        super(new StudySource(queries, waiting), Infrastructure.getDefaultWorkerPool(), Settings.DEFAULT);
        this.waiting = waiting;
    }

    /** Streams that wait for the next event. */
    public WaitingRequests<?, ?> requests() {
        return waiting;
    }

    /** Ends all streams, so that clients move to another gateway. */
    public void close() {
        waiting.close();
    }

    private record StudySource(StudyQueries queries, WaitingRequests<UUID, StudyQueries.Snapshot> waiting)
            implements Source {
        @Override
        public Optional<Page> after(UUID key, long since) {
            return queries.events(key, since);
        }

        @Override
        public CompletionStage<Boolean> awaitEvent(UUID key, long since, Duration limit) {
            return waiting.await(key, snapshot -> snapshot.lastEventId() > since, limit);
        }

        @Override
        public boolean isClosed() {
            return waiting.isClosed();
        }
    }
}
