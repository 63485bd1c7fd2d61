package dev.trainyard.benchmarks.worker;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.image.PngException;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.predictor.models.UnusableModelException;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustPack;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Compares a predictor's work on one 28×28 PNG in one thread (decode, normalise, infer, judge) to ONNX Runtime alone.
 */
public final class PredictorBenchmark {
    private static final String MODEL = "api-gateway/src/main/resources/bundled/DigitModel/model.onnx";
    private static final int ROUNDS = 60;
    private static final int WARM_UP = 20;
    private static final int ROUND = 300;

    private final OrtSession session;
    private final LoadedModel model;
    private final FloatBuffer image = LoadedModel.imageBuffer(1);
    private final TrustEvaluator trust;
    private final byte[] png;

    private interface Step {
        void run() throws OrtException, PngException;
    }

    private PredictorBenchmark(OrtSession session, LoadedModel model, byte[] png) {
        this.session = session;
        this.model = model;
        this.trust = model.trust().orElseThrow();
        this.png = png;
    }

    /** @param home the clone */
    public static void run(Path home) throws IOException, OrtException, PngException, UnusableModelException {
        byte[] onnx = Files.readAllBytes(home.resolve(MODEL));
        byte[] png = Files.readAllBytes(home.resolve("example/8.png"));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            LoadedModel model = LoadedModel.load("DigitModel", 1, onnx);
            try (OrtSession session = environment.createSession(onnx, options)) {
                new PredictorBenchmark(session, model, png).measure(environment);
            } finally {
                model.close();
            }
        }
    }

    private void measure(OrtEnvironment environment) throws OrtException, PngException {
        List<Double> bare = new ArrayList<>();
        List<Double> decoding = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        LoadedModel.put(DigitImageDecoder.decode(png), image, 0);
        FloatBuffer ready = LoadedModel.imageBuffer(1);
        LoadedModel.put(DigitImageDecoder.decode(png), ready, 0);
        long[] shape = {1, 1, DigitImageDecoder.SIDE, DigitImageDecoder.SIDE};
        try (OnnxTensor input = OnnxTensor.createTensor(environment, ready, shape)) {
            Map<String, OnnxTensor> inputs = Map.of("image", input);
            Set<String> outputs = Set.of(TrustPack.LOGITS, TrustPack.SHAPE_FIT);
            // in turns, so that noise of the machine affects all
            for (int round = 0; round < ROUNDS; round++) {
                double one = micros(() -> session.run(inputs, outputs).close());
                double two = micros(() -> DigitImageDecoder.decode(png));
                double three = micros(this::answer);
                if (round >= WARM_UP) {
                    bare.add(one);
                    decoding.add(two);
                    whole.add(three);
                }
            }
        }
        double ours = Table.median(whole);
        double alone = Table.median(bare);
        Table.row(
                "worker: decode, normalise, infer and judge a 28×28 PNG, against the bare ONNX Runtime run",
                Table.format("%.1f µs (decode and normalise %.1f µs)", ours, Table.median(decoding)),
                Table.format("%.1f µs", alone),
                Table.format("%.2f", ours / alone),
                "≤ 1.5");
    }

    private void answer() throws OrtException, PngException {
        byte[] pixels = DigitImageDecoder.decode(png);
        LoadedModel.put(pixels, image, 0);
        LoadedModel.Outputs outputs = model.outputs(image, 1);
        trust.judge(
                Objects.requireNonNull(outputs.logits()),
                Objects.requireNonNull(outputs.shapeFit()),
                0,
                TrustEvaluator.norm(pixels, 0, pixels.length));
    }

    private static double micros(Step step) throws OrtException, PngException {
        long started = System.nanoTime();
        for (int i = 0; i < ROUND; i++) {
            step.run();
        }
        return (System.nanoTime() - started) / 1e3 / ROUND;
    }
}
