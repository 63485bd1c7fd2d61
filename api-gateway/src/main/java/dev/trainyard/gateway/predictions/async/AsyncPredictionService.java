package dev.trainyard.gateway.predictions.async;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.permission.CurrentProject;
import dev.trainyard.gateway.predictions.AsyncPredictionAcceptor;
import dev.trainyard.gateway.predictions.PredictionRequest;
import dev.trainyard.gateway.predictions.PreferenceHeaders;
import dev.trainyard.gateway.predictions.RequestOptions;
import dev.trainyard.gateway.predictions.ResponseOptions;
import dev.trainyard.gateway.predictions.RoutedPredictor;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.validation.Violation;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Accepts asynchronous predictions and returns their status. */
@Singleton
public class AsyncPredictionService implements AsyncPredictionAcceptor {
    private static final String POLL_SECONDS = "1";
    private static final Duration FULL_RETRY = Duration.ofSeconds(5);

    private final RoutedPredictor routed;
    private final AsyncPredictionStore store;
    private final AsyncPredictionSender sender;
    private final AsyncPredictionWaiters waiters;
    private final CurrentProject project;
    private final Duration longestWait;

    AsyncPredictionService(
            RoutedPredictor routed,
            AsyncPredictionStore store,
            AsyncPredictionSender sender,
            AsyncPredictionWaiters waiters,
            CurrentProject project,
            GatewaySettings settings) {
        this.project = project;
        this.routed = routed;
        this.store = store;
        this.sender = sender;
        this.waiters = waiters;
        this.longestWait = settings.waiting().limit();
    }

    /** A batch to accept; {@code hash} computes the hash of its images for the idempotency key. */
    public record Batch(
            Iterable<AsyncPredictionStore.NewPrediction> entries,
            int count,
            long bytes,
            int skipped,
            Supplier<String> hash) {}

    @Override
    public Uni<Response> accept(byte[] png, RequestOptions options, PreferenceHeaders preferences) {
        Supplier<String> hash = () -> FileArtifactStore.sha256(png) + ' ' + options.idempotencyText();
        String owner = project.name();
        return accept(
                owner,
                preferences,
                () -> store.accept(entry(null, png, options), submitOptions(owner, preferences, hash)));
    }

    private AsyncPredictionStore.NewPrediction entry(@Nullable String name, byte[] png, RequestOptions options) {
        ModelRouter.Target target = routed.selectOne(options.selector());
        return new AsyncPredictionStore.NewPrediction(
                name,
                PredictionRequest.png(png, options.want(), target.model(), target.version()),
                new ResponseOptions(target.alias(), options.outliers()),
                null);
    }

    /** Stores a batch, all of it or nothing. */
    public Uni<Response> acceptBatch(Batch batch, PreferenceHeaders preferences) {
        String owner = project.name();
        return accept(
                owner,
                preferences,
                () -> store.acceptBatch(
                        batch.entries(),
                        batch.count(),
                        batch.bytes(),
                        batch.skipped(),
                        submitOptions(owner, preferences, batch.hash())));
    }

    private static AsyncPredictionStore.SubmitOptions submitOptions(
            String owner, PreferenceHeaders preferences, Supplier<String> body) {
        String key = preferences.idempotencyKey();
        String hash = key == null ? null : FileArtifactStore.sha256(body.get().getBytes(StandardCharsets.UTF_8));
        return new AsyncPredictionStore.SubmitOptions(
                owner, key, hash, preferences.ownLimit().orElse(null));
    }

    private Uni<Response> accept(
            String owner, PreferenceHeaders preferences, Supplier<AsyncPredictionStore.SubmitResult> submit) {
        Optional<Duration> wait = preferences.wait(longestWait);
        Uni<AsyncPredictionStore.Stored> accepted = Uni.createFrom()
                .item(() -> stored(submit.get()))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
        if (wait.isEmpty()) {
            return accepted.map(one -> accepted(owner, one, "respond-async"));
        }
        String applied = "respond-async, wait=" + wait.get().toSeconds();
        return accepted.flatMap(one -> whenEnded(
                owner, one.id(), wait.get(), view -> ended(view, applied), () -> accepted(owner, one, applied)));
    }

    private AsyncPredictionStore.Stored stored(AsyncPredictionStore.SubmitResult result) {
        if (result instanceof AsyncPredictionStore.Stored stored) {
            sender.wakeUp();
            return stored;
        }
        if (result instanceof AsyncPredictionStore.QueueFull full) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS, full.detail() + " Nothing was stored; try again later.", FULL_RETRY);
        }
        if (result instanceof AsyncPredictionStore.NoSpace none) {
            DiskSpace.refuse(none.reason());
        }
        throw ProblemException.invalid(List.of(new Violation(
                "Idempotency-Key", "was used for another body within 24 hours; use a new key for a new request")));
    }

    private Uni<Response> whenEnded(
            String owner,
            UUID id,
            Duration wait,
            Function<AsyncPredictionView, Response> ended,
            Supplier<Response> otherwise) {
        return Uni.createFrom()
                .completionStage(() -> waiters.awaitEnd(id, wait))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(notified -> store.find(owner, id)
                        .filter(view -> !view.isPending())
                        .map(ended)
                        .orElseGet(otherwise));
    }

    /** Returns the current state; with {@code Prefer: wait=N} waits up to N seconds for the end. */
    Uni<Response> status(UUID id, PreferenceHeaders preferences) {
        Optional<Duration> wait = preferences.wait(longestWait);
        String owner = project.name();
        AsyncPredictionView now = find(owner, id);
        if (wait.isEmpty() || !now.isPending()) {
            return Uni.createFrom().item(status(now, null));
        }
        String applied = "wait=" + wait.get().toSeconds();
        return whenEnded(owner, id, wait.get(), view -> status(view, applied), () -> status(find(owner, id), applied));
    }

    private AsyncPredictionView find(String owner, UUID id) {
        return store.find(owner, id).orElseThrow(() -> unknown(id.toString()));
    }

    static ProblemException unknown(String id) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no prediction %s; it was never accepted, or has expired and was deleted.".formatted(id));
    }

    private static Response status(AsyncPredictionView view, @Nullable String applied) {
        Response.ResponseBuilder response = Response.ok(view);
        if (view.isPending()) {
            response.header(HttpHeaders.RETRY_AFTER, POLL_SECONDS);
        }
        return preferenceApplied(response, applied);
    }

    private Response accepted(String owner, AsyncPredictionStore.Stored stored, @Nullable String applied) {
        String url = AsyncPredictionView.ROOT + stored.id();
        String status = stored.repeated() ? find(owner, stored.id()).status() : AsyncPredictionRow.PENDING;
        return preferenceApplied(
                Response.accepted(new Accepted(stored.id(), status, url))
                        .location(URI.create(url))
                        .header(HttpHeaders.RETRY_AFTER, POLL_SECONDS),
                applied);
    }

    /** The same response as to a synchronous request. */
    private static Response ended(AsyncPredictionView view, @Nullable String applied) {
        Response.ResponseBuilder response = view.problem() == null
                ? Response.ok(view.result())
                : Response.status(view.problem().status())
                        .type(Problem.MEDIA_TYPE)
                        .entity(view.problem());
        return preferenceApplied(response.header(HttpHeaders.CONTENT_LOCATION, view.statusUrl()), applied);
    }

    private static Response preferenceApplied(Response.ResponseBuilder response, @Nullable String applied) {
        if (applied != null) {
            response.header("Preference-Applied", applied);
        }
        return response.build();
    }
}
