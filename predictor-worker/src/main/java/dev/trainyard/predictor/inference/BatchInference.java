package dev.trainyard.predictor.inference;

import ai.onnxruntime.OrtException;
import dev.trainyard.image.DecodeDeadline;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngException;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Explained;
import dev.trainyard.message.PredictReply.InputImage;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Rejected;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.message.RequestedOutput;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.predictor.models.ModelLookup;
import dev.trainyard.predictor.models.ServedModels;
import dev.trainyard.predictor.request.PredictRequest;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import java.nio.FloatBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes a batch of requests with one model run for many images. Each request gets one outcome, or none if it has
 * expired; a bad request does not affect others. Not thread-safe.
 */
final class BatchInference {
    private static final Logger LOG = LoggerFactory.getLogger(BatchInference.class);
    /** Largest batch: larger runs are no cheaper per image and delay the first reply. */
    static final int MAX_RUN = 64;

    private static final Outcome INTERNAL_ERROR =
            new Unavailable(Reason.INTERNAL_ERROR, "The predictor failed on this image; see its log. Try again.");

    private final ServedModels models;
    private final Clock clock;
    private final PredictorMetrics metrics;
    private final Duration decodeLimit;
    private final int largestRun;
    private final FloatBuffer images;
    private final OcclusionExplainer occlusion = new OcclusionExplainer();

    /**
     * @param largestRun largest number of images per run; determines the buffer size
     * @param decodeLimit time limit for decoding one image
     */
    BatchInference(ServedModels models, Clock clock, PredictorMetrics metrics, int largestRun, Duration decodeLimit) {
        this.models = models;
        this.clock = clock;
        this.metrics = metrics;
        this.largestRun = largestRun;
        this.decodeLimit = decodeLimit;
        this.images = LoadedModel.imageBuffer(largestRun);
    }

    /** Receives requests whose model is not loaded; they are to be processed when {@code settled} completes. */
    interface DeferredRequests {
        void add(List<PredictRequest> requests, CompletableFuture<Void> settled);
    }

    private record ModelKey(String model, @Nullable Integer version) {}

    /**
     * Processes {@code requests} and passes outcomes to {@code replies} after each run; requests that wait for a model
     * go to {@code deferred}.
     */
    void answer(List<PredictRequest> requests, BiConsumer<PredictRequest, Outcome> replies, DeferredRequests deferred) {
        BiConsumer<PredictRequest, Outcome> counted = (request, outcome) -> {
            count(outcome);
            replies.accept(request, outcome);
        };
        Map<ModelKey, List<PredictRequest>> byModel = new LinkedHashMap<>();
        for (PredictRequest request : requests) {
            if (request.output() == RequestedOutput.IMAGE) {
                image(request, counted);
            } else {
                byModel.computeIfAbsent(new ModelKey(request.model(), request.version()), asked -> new ArrayList<>())
                        .add(request);
            }
        }
        byModel.forEach((asked, all) -> {
            for (int from = 0; from < all.size(); from += largestRun) {
                List<PredictRequest> some = all.subList(from, Math.min(all.size(), from + largestRun));
                ModelLookup found = models.find(asked.model(), asked.version());
                if (found instanceof ModelLookup.Loading loading) {
                    defer(some, loading, deferred);
                } else {
                    answerBatch(found, some, counted);
                }
            }
        });
    }

    /** Returns the normalized image, which needs no model. */
    private void image(PredictRequest request, BiConsumer<PredictRequest, Outcome> replies) {
        if (clock.instant().isAfter(request.deadline())) {
            expired(request);
        } else {
            decode(request, 0).ifPresent(outcome -> replies.accept(request, outcome));
        }
    }

    private void defer(List<PredictRequest> asked, ModelLookup.Loading loading, DeferredRequests deferred) {
        List<PredictRequest> alive = new ArrayList<>(asked.size());
        for (PredictRequest request : asked) {
            if (clock.instant().isAfter(request.deadline())) {
                expired(request);
            } else {
                alive.add(request);
            }
        }
        if (!alive.isEmpty()) {
            deferred.add(alive, loading.settled());
        }
    }

    private void answerBatch(
            ModelLookup found, List<PredictRequest> asked, BiConsumer<PredictRequest, Outcome> replies) {
        images.clear();
        try {
            List<PredictRequest> decoded = new ArrayList<>(asked.size());
            for (PredictRequest request : asked) {
                if (clock.instant().isAfter(request.deadline())) {
                    expired(request);
                } else if (found instanceof ModelLookup.NotAvailable missing) {
                    replies.accept(request, missing.why());
                } else {
                    Optional<Outcome> refused = decode(request, decoded.size());
                    refused.ifPresentOrElse(outcome -> replies.accept(request, outcome), () -> decoded.add(request));
                }
            }
            if (!decoded.isEmpty()) {
                infer(((ModelLookup.Ready) found).model(), decoded, replies);
            }
        } finally {
            if (found instanceof ModelLookup.Ready ready) {
                ready.close();
            }
        }
    }

    /** Decodes the request's image to {@code index} of the batch, or returns the outcome of a failure. */
    private Optional<Outcome> decode(PredictRequest request, int index) {
        if (request.encoding() == PredictRequest.Encoding.FLOAT32 && request.output() != RequestedOutput.IMAGE) {
            return FloatImageReader.copy(request.png(), images, index * LoadedModel.IMAGE_SIZE);
        }
        try {
            byte[] pixels = DigitImageDecoder.decode(request.png(), DecodeDeadline.of(decodeLimit));
            if (request.output() == RequestedOutput.IMAGE) {
                return Optional.of(new InputImage(pixels));
            }
            LoadedModel.put(pixels, images, index);
            return Optional.empty();
        } catch (PngException e) {
            return Optional.of(new Rejected(String.valueOf(e.getMessage())));
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("the image of request {} cannot be decoded", request.id(), e);
            return Optional.of(INTERNAL_ERROR);
        }
    }

    private void infer(LoadedModel model, List<PredictRequest> asked, BiConsumer<PredictRequest, Outcome> replies) {
        ReplyBuilder made;
        try {
            long start = System.nanoTime();
            made = new ReplyBuilder(model, model.outputs(images, asked.size()), images, asked.size());
            metrics.inference().record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        } catch (OrtException | RuntimeException e) {
            LOG.error("model {} version {} failed on {} images", model.name(), model.version(), asked.size(), e);
            asked.forEach(request -> replies.accept(request, INTERNAL_ERROR));
            return;
        }
        for (int i = 0; i < asked.size(); i++) {
            Outcome outcome = made.reply(i).orElse(INTERNAL_ERROR);
            replies.accept(asked.get(i), explained(asked.get(i), model, i, outcome));
        }
    }

    /** Adds an explanation to the outcome if it was requested and is possible. */
    private Outcome explained(PredictRequest request, LoadedModel model, int index, Outcome outcome) {
        if (request.output() != RequestedOutput.EXPLANATION || !(outcome instanceof Answered answered)) {
            return outcome;
        }
        try {
            return occlusion.explain(model, answered, images, index);
        } catch (OrtException | RuntimeException e) {
            LOG.error("model {} version {} failed to explain an image", model.name(), model.version(), e);
            return INTERNAL_ERROR;
        }
    }

    private void expired(PredictRequest request) {
        metrics.expired();
        request.trace().expired();
    }

    private void count(Outcome outcome) {
        if (outcome instanceof Explained explained) {
            count(explained.answered());
        } else if (outcome instanceof InputImage) {
            metrics.answered();
        } else if (outcome instanceof Answered answered) {
            metrics.answered();
            if (answered.trust() != null && answered.trust().outlier()) {
                metrics.outlier();
            }
        } else if (outcome instanceof Rejected) {
            metrics.rejected();
        } else {
            metrics.unavailable();
        }
    }
}
