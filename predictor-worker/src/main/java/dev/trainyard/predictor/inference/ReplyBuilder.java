package dev.trainyard.predictor.inference;

import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Outcome;
import dev.trainyard.message.PredictReply.Trust;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustVerdict;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds replies from the model's outputs for a batch. */
final class ReplyBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyBuilder.class);

    private final LoadedModel model;
    private final LoadedModel.Outputs outputs;
    private final FloatBuffer images;
    /** Logits of a model with a trust pack, otherwise probabilities. */
    private final float[] values;

    private final int classes;
    private final float[] image = new float[LoadedModel.IMAGE_SIZE];

    /** @param images input of the model, {@code count} images from 0 on */
    ReplyBuilder(LoadedModel model, LoadedModel.Outputs outputs, FloatBuffer images, int count) {
        this.model = model;
        this.outputs = outputs;
        this.images = images;
        this.values = Objects.requireNonNull(outputs.logits() == null ? outputs.probabilities() : outputs.logits());
        this.classes = values.length / count;
    }

    /** Returns the reply for image {@code index}; empty (and logged) if the outputs are not finite. */
    Optional<Outcome> reply(int index) {
        Optional<TrustEvaluator> trust = model.trust();
        if (!isFinite(index * classes)) {
            LOG.error("model {} version {} returns values that are not finite", model.name(), model.version());
            return Optional.empty();
        }
        return Optional.of(trust.map(check -> judged(check, index)).orElseGet(() -> plain(index)));
    }

    private Answered judged(TrustEvaluator check, int index) {
        double norm = norm(index);
        TrustVerdict verdict = check.judge(values, Objects.requireNonNull(outputs.shapeFit()), index, norm);
        return new Answered(
                model.name(),
                model.version(),
                verdict.prediction(),
                verdict.probabilities(),
                new Trust(
                        verdict.predictionSet(),
                        verdict.outlier(),
                        verdict.score(),
                        check.threshold(),
                        check.bins(verdict, norm)));
    }

    private Answered plain(int index) {
        int from = index * classes;
        int prediction = TrustEvaluator.largest(values, from, classes);
        float[] probabilities = Arrays.copyOfRange(values, from, from + classes);
        return new Answered(model.name(), model.version(), prediction, probabilities, null);
    }

    private double norm(int index) {
        images.get(index * LoadedModel.IMAGE_SIZE, image);
        return TrustEvaluator.norm(image);
    }

    private boolean isFinite(int from) {
        for (int i = from; i < from + classes; i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }
}
