package dev.trainyard.gateway.prediction.async;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.GatewaySettings;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.http.ActiveRequestLimiter;
import dev.trainyard.gateway.models.ModelRouter;
import dev.trainyard.gateway.prediction.RequestOptions;
import dev.trainyard.gateway.prediction.PredictionInput;
import dev.trainyard.gateway.prediction.PredictionRequest;
import dev.trainyard.gateway.prediction.RoutedPredictor;
import dev.trainyard.gateway.prediction.ResponseOptions;
import dev.trainyard.gateway.prediction.PreferenceHeaders;
import dev.trainyard.gateway.problem.Problem;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
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

/** What a client hears that asks to be answered later. */
@Singleton
public class AsyncPredictionService {
    private static final String POLL_SECONDS = "1";
    private static final Duration FULL_RETRY = Duration.ofSeconds(5);

    private final RoutedPredictor routed;
    private final AsyncPredictionStore store;
    private final AsyncPredictionSender asker;
    private final AsyncPredictionWaiters waiters;
    private final Duration longestWait;

    AsyncPredictionService(
            RoutedPredictor routed, AsyncPredictionStore store, AsyncPredictionSender asker, AsyncPredictionWaiters waiters, GatewaySettings settings) {
        this.routed = routed;
        this.store = store;
        this.asker = asker;
        this.waiters = waiters;
        this.longestWait = settings.waiting().limit();
    }

    /** The answer to a request that is kept. */
    public record Accepted(UUID id, String status, String statusUrl) {}

    /** The pictures of a batch in their order, whose reading may fail for each. */
    public record Batch(Iterable<AsyncPredictionStore.NewPrediction> entries, int count, long bytes, int skipped, Supplier<String> hash) {}

    /** Keeps one; answers with 202, or as at once if the client waits and the answer comes in time. */
    public Uni<Response> accept(byte[] png, RequestOptions asking, PreferenceHeaders wishes) {
        Supplier<String> hash = () -> FileArtifactStore.sha256(png) + ' ' + asking;
        return accept(wishes, () -> store.accept(entry(null, png, asking), terms(wishes, hash)));
    }

    private AsyncPredictionStore.NewPrediction entry(String name, byte[] png, RequestOptions asking) {
        ModelRouter.Target choice = routed.selectOne(asking.wanted());
        return new AsyncPredictionStore.NewPrediction(
                name,
                new PredictionRequest(PredictionInput.png(png, asking.want()), choice.model(), choice.version()),
                new ResponseOptions(choice.alias(), asking.outliers()),
                null);
    }

    /** Keeps a batch, all of it or nothing. */
    public Uni<Response> acceptBatch(Batch batch, PreferenceHeaders wishes) {
        return accept(
                wishes,
                () -> store.acceptBatch(
                        batch.entries(), batch.count(), batch.bytes(), batch.skipped(), terms(wishes, batch.hash())));
    }

    private static AsyncPredictionStore.SubmitOptions terms(PreferenceHeaders wishes, Supplier<String> body) {
        String key = wishes.idempotencyKey();
        String hash = key == null ? null : FileArtifactStore.sha256(body.get().getBytes(StandardCharsets.UTF_8));
        return new AsyncPredictionStore.SubmitOptions(key, hash, wishes.ownLimit().orElse(null));
    }

    private Uni<Response> accept(PreferenceHeaders wishes, Supplier<AsyncPredictionStore.SubmitResult> keep) {
        Optional<Duration> wait = wishes.wait(longestWait);
        Uni<AsyncPredictionStore.Stored> kept =
                Uni.createFrom().item(() -> kept(keep.get())).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
        if (wait.isEmpty()) {
            return kept.map(one -> accepted(one, "respond-async"));
        }
        String applied = "respond-async, wait=" + wait.get().toSeconds();
        return kept.flatMap(
                one -> whenEnded(one.id(), wait.get(), view -> ended(view, applied), () -> accepted(one, applied)));
    }

    private AsyncPredictionStore.Stored kept(AsyncPredictionStore.SubmitResult acceptance) {
        if (acceptance instanceof AsyncPredictionStore.Stored kept) {
            asker.poke();
            return kept;
        }
        if (acceptance instanceof AsyncPredictionStore.QueueFull full) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_REQUESTS, full.detail() + " Nothing was kept; try again later.", FULL_RETRY);
        }
        if (acceptance instanceof AsyncPredictionStore.NoSpace none) {
            DiskSpace.refuse(none.why());
        }
        throw ProblemException.invalid(List.of(new Violation(
                "Idempotency-Key", "was used for another body within 24 hours; take a new key for a new request")));
    }

    private Uni<Response> whenEnded(
            UUID id, Duration wait, Function<AsyncPredictionView, Response> ended, Supplier<Response> otherwise) {
        return Uni.createFrom()
                .completionStage(() -> {
                    ActiveRequestLimiter.releaseCurrent();
                    return waiters.awaitEnd(id, wait);
                })
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(news -> store.find(id)
                        .filter(view -> !view.isPending())
                        .map(ended)
                        .orElseGet(otherwise));
    }

    /** The present state; with {@code Prefer: wait=N} after the end, if it comes in N seconds. */
    Uni<Response> status(UUID id, PreferenceHeaders wishes) {
        Optional<Duration> wait = wishes.wait(longestWait);
        AsyncPredictionView now = find(id);
        if (wait.isEmpty() || !now.isPending()) {
            return Uni.createFrom().item(status(now, null));
        }
        String applied = "wait=" + wait.get().toSeconds();
        return whenEnded(id, wait.get(), view -> status(view, applied), () -> status(find(id), applied));
    }

    private AsyncPredictionView find(UUID id) {
        return store.find(id).orElseThrow(() -> unknown(id.toString()));
    }

    static ProblemException unknown(String id) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                "There is no prediction %s; it was never accepted, or its time was over and it was forgotten."
                        .formatted(id));
    }

    private static Response status(AsyncPredictionView view, String applied) {
        Response.ResponseBuilder answer = Response.ok(view);
        if (view.isPending()) {
            answer.header(HttpHeaders.RETRY_AFTER, POLL_SECONDS);
        }
        return preferenceApplied(answer, applied);
    }

    private Response accepted(AsyncPredictionStore.Stored kept, String applied) {
        String url = AsyncPredictionView.ROOT + kept.id();
        String status = kept.again() ? find(kept.id()).status() : AsyncPredictionRow.PENDING;
        return preferenceApplied(
                Response.accepted(new Accepted(kept.id(), status, url))
                        .location(URI.create(url))
                        .header(HttpHeaders.RETRY_AFTER, POLL_SECONDS),
                applied);
    }

    /** As the request would have been answered at once. */
    private static Response ended(AsyncPredictionView view, String applied) {
        Response.ResponseBuilder answer = view.problem() == null
                ? Response.ok(view.result())
                : Response.status(view.problem().status())
                        .type(Problem.MEDIA_TYPE)
                        .entity(view.problem());
        return preferenceApplied(answer.header(HttpHeaders.CONTENT_LOCATION, view.statusUrl()), applied);
    }

    private static Response preferenceApplied(Response.ResponseBuilder answer, String applied) {
        if (applied != null) {
            answer.header("Preference-Applied", applied);
        }
        return answer.build();
    }
}
