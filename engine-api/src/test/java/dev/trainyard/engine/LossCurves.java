package dev.trainyard.engine;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Optimizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Training loss of three epochs on a thousand digits with Adam. Engines start from other weights, so a curve is the
 * mean of several seeds.
 */
public final class LossCurves {
    /** The networks that are compared. */
    public static final List<String> NETWORKS = List.of("lenet5", "mlp");

    private static final String RECORDED = "/loss-curves.json";
    private static final int EPOCHS = 3;
    private static final int SEEDS = 8;
    /**
     * Difference that is allowed, in standard errors of the difference of two such means. The initial weights of an
     * engine that computes the same exceed it in less than one of 100 comparisons. Runs are repeatable, so an engine
     * that is within it stays within it.
     */
    private static final double STANDARD_ERRORS = 4;

    private static final ImageDataset IMAGES = Digits.train(1_000);

    private LossCurves() {}

    /**
     * Loss of one epoch.
     *
     * @param deviation standard deviation between seeds
     */
    public record Point(double mean, double deviation) {
        static Point of(double[] losses) {
            double mean = Arrays.stream(losses).average().orElseThrow();
            double squares = Arrays.stream(losses)
                    .map(loss -> (loss - mean) * (loss - mean))
                    .sum();
            return new Point(mean, Math.sqrt(squares / (losses.length - 1)));
        }

        double tolerance() {
            return STANDARD_ERRORS * deviation * Math.sqrt(2.0 / SEEDS);
        }
    }

    /** The curve of {@code engine}. */
    static List<Point> of(TrainingEngine engine, String network) {
        double[][] losses = new double[EPOCHS][SEEDS];
        for (int seed = 0; seed < SEEDS; seed++) {
            try (EngineRun run = engine.start(
                    TrainingEngineContract.spec(network), TrainingEngineContract.args(EPOCHS, Optimizer.ADAM, seed))) {
                for (int epoch = 0; epoch < EPOCHS; epoch++) {
                    losses[epoch][seed] =
                            run.trainEpoch(IMAGES, (samples, loss) -> {}).loss();
                }
            }
        }
        List<Point> curve = new ArrayList<>();
        for (double[] epoch : losses) {
            curve.add(Point.of(epoch));
        }
        return curve;
    }

    /** DL4J's curves by network. */
    static Map<String, List<Point>> recorded() throws IOException {
        try (InputStream file = LossCurves.class.getResourceAsStream(RECORDED)) {
            return new ObjectMapper().readValue(file, new TypeReference<>() {});
        }
    }

    /** Writes the curves of {@code engine} to the resources in {@code folder}. */
    public static void record(TrainingEngine engine, Path folder) throws IOException {
        Map<String, List<Point>> curves = new TreeMap<>();
        for (String network : NETWORKS) {
            curves.put(network, of(engine, network));
        }
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve(RECORDED.substring(1)).toFile(), curves);
    }
}
