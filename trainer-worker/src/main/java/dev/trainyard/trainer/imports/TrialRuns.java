package dev.trainyard.trainer.imports;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trust.TrustPack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Runs a model as predictors do, on any input that they may receive, before it is served. */
final class TrialRuns {
    /** Largest batch of a predictor. */
    static final int USUAL = 64;

    /** Images of several kinds in one run. */
    private static final int MIXED = 32;

    private static final String PROBABILITIES = "probabilities";
    private static final double SUM_TOLERANCE = 1e-3;
    /** Largest difference between the results for an image alone and in a batch. */
    private static final double BATCH_TOLERANCE = 1e-4;
    /** The same for images other than drawings, whose logits may be so large that rounding is visible. */
    private static final double MIXED_BATCH_TOLERANCE = 1e-3;
    /** The same for 8-bit variants, where a value between two steps may be rounded to either. */
    private static final double SERVED_BATCH_TOLERANCE = 0.05;

    private final StepWatchdog watch;
    private final double secondsOfRun;
    private final ImageShape shape;
    private final int classes;
    private final double tolerance;
    private final OrtSession session;

    private TrialRuns(
            StepWatchdog watch,
            double secondsOfRun,
            ImageShape shape,
            int classes,
            double tolerance,
            OrtSession session) {
        this.watch = watch;
        this.secondsOfRun = secondsOfRun;
        this.shape = shape;
        this.classes = classes;
        this.tolerance = tolerance;
        this.session = session;
    }

    /** @throws RejectedModelException if one of the runs fails, or takes too long or too much memory */
    static void of(byte[] onnx, ImageShape shape, int classes, StepWatchdog watch, double secondsOfRun)
            throws RejectedModelException {
        of(onnx, shape, classes, watch, secondsOfRun, BATCH_TOLERANCE);
    }

    /** Like {@link #of}, for a variant to be served in the model's place. */
    static void ofServed(byte[] onnx, ImageShape shape, int classes, StepWatchdog watch, double secondsOfRun)
            throws RejectedModelException {
        of(onnx, shape, classes, watch, secondsOfRun, SERVED_BATCH_TOLERANCE);
    }

    private static void of(
            byte[] onnx, ImageShape shape, int classes, StepWatchdog watch, double secondsOfRun, double tolerance)
            throws RejectedModelException {
        try (OrtSession session = watch.run("it was loaded", secondsOfRun, () -> load(onnx))) {
            new TrialRuns(watch, secondsOfRun, shape, classes, tolerance, session).all();
        } catch (OrtException e) {
            throw new RejectedModelException(
                    "The model does not run with the inputs and outputs of a predictor: %s Export it with float32 logits or their softmax as its output."
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /** Loads the model with the predictors' session options. */
    private static OrtSession load(byte[] onnx) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setCPUArenaAllocator(false);
            return OrtEnvironment.getEnvironment().createSession(onnx, options);
        }
    }

    private void all() throws RejectedModelException, OrtException {
        TrialImages images = new TrialImages(shape);
        // an explanation runs an image and a copy for each blanked pixel in one batch
        int largest = shape.size() + 1;
        requireProbabilities("%d blank image(s)", 1, images.filled(1, 0));
        requireProbabilities("%d blank image(s)", 2, images.filled(2, 0));
        float[][] alone = new float[USUAL][];
        float[] drawn = images.drawn(USUAL);
        for (int i = 0; i < USUAL; i++) {
            float[] one = Arrays.copyOfRange(drawn, i * shape.size(), (i + 1) * shape.size());
            alone[i] = requireProbabilities("image " + i + " of %d drawn", 1, one);
        }
        for (int count : new int[] {2, 7, 32, USUAL}) {
            float[] some = Arrays.copyOf(drawn, count * shape.size());
            requireSame(alone, requireProbabilities("%d drawn images", count, some), count, tolerance);
            requireProbabilities("%d white images", count, images.filled(count, 1));
            requireProbabilities("%d images of noise", count, images.noise(count));
        }
        requireSameMixed(images);
        requireProbabilities("%d drawn images", largest, images.drawn(largest));
        requireProbabilities("%d blank images", largest, images.filled(largest, 0));
        for (int count : new int[] {1, 32, USUAL}) {
            run("%d images of negative values", count, images.filled(count, -1));
            run("%d images of very large values", count, images.filled(count, Float.MAX_VALUE));
            run("%d images of very small values", count, images.filled(count, Float.MIN_VALUE));
            run("%d images of values far below zero", count, images.filled(count, -Float.MAX_VALUE));
            run("%d images of infinity", count, images.filled(count, Float.POSITIVE_INFINITY));
            run("%d images of NaN", count, images.filled(count, Float.NaN));
        }
    }

    /** Tests very different images: a model may mix only bright ones, or images next to blank ones. */
    private void requireSameMixed(TrialImages images) throws RejectedModelException, OrtException {
        float[] mixed = images.mixed(MIXED);
        float[][] alone = new float[MIXED][];
        for (int i = 0; i < MIXED; i++) {
            float[] one = Arrays.copyOfRange(mixed, i * shape.size(), (i + 1) * shape.size());
            alone[i] = requireProbabilities("image " + i + " of %d drawn, white, blank or of noise", 1, one);
        }
        float[] together = requireProbabilities("%d images, drawn, white, blank and of noise", MIXED, mixed);
        requireSame(alone, together, MIXED, Math.max(tolerance, MIXED_BATCH_TOLERANCE));
    }

    private float[] requireProbabilities(String what, int count, float[] pixels)
            throws RejectedModelException, OrtException {
        float[] answers = run(what, count, pixels);
        for (int row = 0; row < count; row++) {
            double sum = 0;
            for (int i = row * classes; i < (row + 1) * classes; i++) {
                sum += answers[i];
            }
            // not "greater than", so that NaN is refused too
            if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
                throw new RejectedModelException("For %s the model's probabilities add up to %s; check its weights."
                        .formatted(what.formatted(count), sum));
            }
        }
        return answers;
    }

    private void requireSame(float[][] alone, float[] together, int count, double atMost)
            throws RejectedModelException {
        for (int i = 0; i < count * classes; i++) {
            double difference = Math.abs(together[i] - alone[i / classes][i % classes]);
            if (!(difference <= atMost)) {
                throw new RejectedModelException(
                        "The model gives another result for an image in a batch of %d, by %.4f; export it with the number of images as its first dimension and without operators that mix them."
                                .formatted(count, difference));
            }
        }
    }

    /** Returns the model's output, in its required shape. */
    private float[] run(String what, int count, float[] pixels) throws RejectedModelException, OrtException {
        FloatBuffer input = ByteBuffer.allocateDirect(pixels.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(pixels)
                .flip();
        String named = what.formatted(count);
        double seconds = secondsOfRun * Math.max(1, (double) count / USUAL);
        return watch.run("it answered " + named, seconds, () -> answers(named, count, input));
    }

    private float[] answers(String what, int count, FloatBuffer pixels) throws RejectedModelException, OrtException {
        long[] extents = {count, shape.channels(), shape.height(), shape.width()};
        try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), pixels, extents);
                OrtSession.Result result = session.run(Map.of("image", input), wanted())) {
            for (Map.Entry<String, OnnxValue> output : result) {
                long[] given = ((OnnxTensor) output.getValue()).getInfo().getShape();
                if (!Arrays.equals(given, new long[] {count, classes})) {
                    throw new RejectedModelException(
                            "For %s the model returns %s of shape %s; expected [%d, %d]. Export it with the number of images as its first dimension."
                                    .formatted(what, output.getKey(), Arrays.toString(given), count, classes));
                }
            }
            FloatBuffer values = ((OnnxTensor) result.get(PROBABILITIES).orElseThrow()).getFloatBuffer();
            float[] copy = new float[values.remaining()];
            values.get(copy);
            return copy;
        }
    }

    /** All outputs that a predictor may request. */
    private Set<String> wanted() {
        Set<String> wanted = new HashSet<>(Set.of(PROBABILITIES, TrustPack.LOGITS, TrustPack.SHAPE_FIT));
        wanted.retainAll(session.getOutputNames());
        return wanted;
    }
}
