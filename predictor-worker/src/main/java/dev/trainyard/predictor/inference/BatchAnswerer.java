package dev.trainyard.predictor.inference;

import ai.onnxruntime.OrtException;
import dev.trainyard.image.DigitImage;
import dev.trainyard.image.PngException;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Reason;
import dev.trainyard.message.PredictReply.Rejected;
import dev.trainyard.message.PredictReply.Unavailable;
import dev.trainyard.predictor.PredictorMetrics;
import dev.trainyard.predictor.intake.PredictRequest;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.predictor.models.ServedModels;
import java.nio.FloatBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a batch of requests, one run of the model over many pictures. Each request gets one outcome, or none if it
 * has expired; what is wrong with one changes no other's. For one thread.
 */
public final class BatchAnswerer {
    private static final Logger LOG = LoggerFactory.getLogger(BatchAnswerer.class);
    /** Past this many pictures a longer run is no cheaper by the picture, and the first would wait for the last. */
    static final int LARGEST_RUN = 256;

    private static final Outcome INTERNAL_ERROR = new Unavailable(
            Reason.INTERNAL_ERROR, "The predictor failed on this picture; its log says how. Try again.");

    private final ServedModels models;
    private final Clock clock;
    private final PredictorMetrics metrics;
    private final FloatBuffer images = LoadedModel.imageBuffer(LARGEST_RUN);

    public BatchAnswerer(ServedModels models, Clock clock, PredictorMetrics metrics) {
        this.models = models;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Answers {@code requests} to {@code replies} as soon as each run is done. */
    public void answer(List<PredictRequest> requests, BiConsumer<PredictRequest, Outcome> replies) {
        Map<String, List<PredictRequest>> byModel = new LinkedHashMap<>();
        for (PredictRequest request : requests) {
            byModel.computeIfAbsent(request.model(), name -> new ArrayList<>()).add(request);
        }
        byModel.forEach((name, asked) -> {
            for (int from = 0; from < asked.size(); from += LARGEST_RUN) {
                List<PredictRequest> some = asked.subList(from, Math.min(asked.size(), from + LARGEST_RUN));
                answerRun(name, some, (request, outcome) -> {
                    count(outcome);
                    replies.accept(request, outcome);
                });
            }
        });
    }

    private void answerRun(String name, List<PredictRequest> asked, BiConsumer<PredictRequest, Outcome> replies) {
        images.clear();
        Optional<LoadedModel> model = models.acquire(name);
        try {
            List<PredictRequest> decoded = new ArrayList<>(asked.size());
            for (PredictRequest request : asked) {
                if (clock.instant().isAfter(request.deadline())) {
                    metrics.expired();
                } else if (model.isEmpty()) {
                    replies.accept(request, noActiveModel(name));
                } else {
                    Optional<Outcome> refused = decode(request, decoded.size());
                    refused.ifPresentOrElse(outcome -> replies.accept(request, outcome), () -> decoded.add(request));
                }
            }
            if (!decoded.isEmpty()) {
                infer(model.orElseThrow(), decoded, replies);
            }
        } finally {
            model.ifPresent(LoadedModel::release);
        }
    }

    /** Puts the request's picture at {@code index} of the images, or says why that cannot be. */
    private Optional<Outcome> decode(PredictRequest request, int index) {
        if (request.form() == PredictRequest.Form.FLOAT32) {
            return FloatPicture.copy(request.png(), images, index * LoadedModel.IMAGE_SIZE);
        }
        try {
            byte[] pixels = DigitImage.decode(request.png());
            int at = index * LoadedModel.IMAGE_SIZE;
            for (int i = 0; i < pixels.length; i++) {
                images.put(at + i, (pixels[i] & 0xff) / 255f);
            }
            return Optional.empty();
        } catch (PngException e) {
            return Optional.of(new Rejected(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("the picture of request {} cannot be decoded", request.id(), e);
            return Optional.of(INTERNAL_ERROR);
        }
    }

    private void infer(LoadedModel model, List<PredictRequest> asked, BiConsumer<PredictRequest, Outcome> replies) {
        float[] probabilities;
        try {
            long start = System.nanoTime();
            probabilities = model.run(images, asked.size());
            metrics.inference().record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        } catch (OrtException | RuntimeException e) {
            LOG.error("model {} version {} failed on {} pictures", model.name(), model.version(), asked.size(), e);
            asked.forEach(request -> replies.accept(request, INTERNAL_ERROR));
            return;
        }
        int classes = probabilities.length / asked.size();
        for (int i = 0; i < asked.size(); i++) {
            replies.accept(
                    asked.get(i), outcome(model, Arrays.copyOfRange(probabilities, i * classes, (i + 1) * classes)));
        }
    }

    private static Outcome outcome(LoadedModel model, float[] probabilities) {
        int prediction = 0;
        for (int i = 0; i < probabilities.length; i++) {
            if (!Float.isFinite(probabilities[i])) {
                LOG.error("model {} version {} answers {}", model.name(), model.version(), probabilities[i]);
                return INTERNAL_ERROR;
            }
            if (probabilities[i] > probabilities[prediction]) {
                prediction = i;
            }
        }
        return new Answered(model.name(), model.version(), prediction, probabilities);
    }

    private static Outcome noActiveModel(String name) {
        return new Unavailable(
                Reason.NO_ACTIVE_MODEL,
                "No version of model %s is active; train one with save_weights or activate one.".formatted(name));
    }

    private void count(Outcome outcome) {
        if (outcome instanceof Answered) {
            metrics.answered();
        } else if (outcome instanceof Rejected) {
            metrics.rejected();
        } else {
            metrics.unavailable();
        }
    }
}
