package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.search.Direction;
import dev.trainyard.search.Order;
import dev.trainyard.search.Pruner;
import dev.trainyard.search.Pruners;
import dev.trainyard.search.Sampler;
import dev.trainyard.search.Samplers;
import dev.trainyard.search.SearchSpace;
import dev.trainyard.search.TrainingConfigurations;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Successive halving on MNIST: 27 random configurations of lenet5 with at most 9 epochs, all of them and those that the
 * rungs after epochs 1 and 3 let through, by promotion and by stops.
 */
public final class SearchBenchmark {
    private static final int TRIALS = 27;
    private static final int EPOCHS = 9;
    private static final int PARALLEL_TRIALS = 2;
    private static final int MOST_EPOCHS = 97;
    /** Points of percent. */
    private static final double MOST_LOSS = 0.1;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASE = """
            {"dataset": "MnistDataset", "model": "DigitModel", "network": "lenet5", "save_weights": false,
             "train_args": {"epochs": 9, "schedule_epochs": 9}}""";
    private static final String SPACE = """
            {"/train_args/learning_rate": {"type": "float", "min": 1e-4, "max": 1e-1, "scale": "log"},
             "/train_args/batch_size": {"type": "categorical", "values": [32, 64, 128]},
             "/train_args/optimizer": {"type": "categorical", "values": ["adam", "sgd"]}}""";

    private SearchBenchmark() {}

    /** Figures of one seed. */
    private record Figures(int epochs, double lossOfValidation, double lossOfTest, double rankCorrelation) {}

    /**
     * @param home the clone
     * @param seeds number of searches, each with {@link #TRIALS} configurations
     * @param images of MNIST to train with, at most 60,000
     */
    public static void run(Path home, int seeds, int images) throws Exception {
        RecordedTrainings trainings = new RecordedTrainings(home, images);
        List<Figures> byPromotion = new ArrayList<>();
        List<Figures> byStops = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            List<JsonNode> curves = trainings.of(configurations(seed));
            byPromotion.add(figures(asha("pause"), curves));
            byStops.add(figures(asha("stop"), curves));
        }
        report("by promotion", byPromotion);
        report("by stops", byStops);
        Table.row(
                Table.format("rank correlation of epoch 1 with epoch %d, %d seeds", EPOCHS, seeds),
                Table.format(
                        "mean %.2f, least %.2f",
                        mean(byPromotion, Figures::rankCorrelation),
                        byPromotion.stream()
                                .mapToDouble(Figures::rankCorrelation)
                                .min()
                                .orElseThrow()),
                "",
                "",
                "");
    }

    private static List<JsonNode> configurations(int seed) throws IOException {
        JsonNode base = JSON.readTree(BASE);
        List<Violation> violations = new ArrayList<>();
        SearchSpace space = SearchSpace.read(JSON.readTree(SPACE), base, "/space", violations)
                .orElseThrow(() -> new IllegalArgumentException(violations.toString()));
        Sampler random = Samplers.read(
                        JsonFieldReader.of(JSON.createObjectNode().put("name", "random"), "", violations))
                .sampler();
        List<JsonNode> configurations = new ArrayList<>();
        List<Trial> history = new ArrayList<>();
        for (int number = 0; number < TRIALS; number++) {
            SortedMap<String, JsonNode> values = random.suggest(space, Direction.MAXIMIZE, history, seed, number)
                    .orElseThrow();
            history.add(new Trial(number, TrialState.RUNNING, values, new TreeMap<>(), null));
            configurations.add(TrainingConfigurations.with((ObjectNode) base, space, values));
        }
        return configurations;
    }

    private static Pruner asha(String promotion) {
        List<Violation> violations = new ArrayList<>();
        ObjectNode fields = JSON.createObjectNode().put("name", "asha").put("promotion", promotion);
        fields.put("eta", 3).put("min_epochs", 1).put("max_epochs", EPOCHS);
        Pruner pruner = Pruners.read(JsonFieldReader.of(fields, "", violations), Order.ARRIVAL, EPOCHS);
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(violations.toString());
        }
        return pruner;
    }

    private static Figures figures(Pruner pruner, List<JsonNode> curves) {
        SimulatedSearch search = new SimulatedSearch(pruner, curves).run(PARALLEL_TRIALS);
        JsonNode found = curves.get(search.best());
        JsonNode best = curves.stream()
                .max(Comparator.comparingDouble(curve -> validation(curve, EPOCHS)))
                .orElseThrow();
        return new Figures(
                search.epochs(),
                100 * (validation(best, EPOCHS) - validation(found, EPOCHS)),
                100
                        * (best.path("test_accuracy").asDouble()
                                - found.path("test_accuracy").asDouble()),
                rankCorrelation(curves));
    }

    /** Returns 0 if the training diverged before. */
    private static double validation(JsonNode curve, int epoch) {
        return curve.path("validation_accuracy").path(epoch - 1).asDouble(0);
    }

    /** Spearman's coefficient of the results after the first and after the last epoch. */
    private static double rankCorrelation(List<JsonNode> curves) {
        double[] first = ranks(curves, 1);
        double[] last = ranks(curves, EPOCHS);
        double mean = (curves.size() - 1) / 2.0;
        double both = 0;
        double ofFirst = 0;
        double ofLast = 0;
        for (int i = 0; i < first.length; i++) {
            both += (first[i] - mean) * (last[i] - mean);
            ofFirst += (first[i] - mean) * (first[i] - mean);
            ofLast += (last[i] - mean) * (last[i] - mean);
        }
        return both / Math.sqrt(ofFirst * ofLast);
    }

    /** Equal results have the mean of their ranks. */
    private static double[] ranks(List<JsonNode> curves, int epoch) {
        double[] values =
                curves.stream().mapToDouble(curve -> validation(curve, epoch)).toArray();
        return IntStream.range(0, values.length)
                .mapToDouble(i -> {
                    long below = Arrays.stream(values)
                            .filter(value -> value < values[i])
                            .count();
                    long equal = Arrays.stream(values)
                            .filter(value -> value == values[i])
                            .count();
                    return below + (equal - 1) / 2.0;
                })
                .toArray();
    }

    private static void report(String how, List<Figures> seeds) {
        int most = seeds.stream().mapToInt(Figures::epochs).max().orElseThrow();
        double loss = mean(seeds, Figures::lossOfValidation);
        Table.row(
                Table.format("%d trials of lenet5, rungs 1, 3 and %d, %s, %d seeds", TRIALS, EPOCHS, how, seeds.size()),
                Table.format("%.0f epochs, at most %d", mean(seeds, figures -> figures.epochs()), most),
                "%d epochs of the full search".formatted(TRIALS * EPOCHS),
                "",
                Table.format("at most %d: %s", MOST_EPOCHS, most <= MOST_EPOCHS ? "met" : "missed"));
        Table.row(
                "accuracy of its best below that of the full search, " + how,
                Table.format(
                        "validation: mean %.2f points, largest %.2f; test: mean %.2f",
                        loss,
                        seeds.stream()
                                .mapToDouble(Figures::lossOfValidation)
                                .max()
                                .orElseThrow(),
                        mean(seeds, Figures::lossOfTest)),
                "",
                "",
                Table.format("at most %.1f: %s", MOST_LOSS, loss <= MOST_LOSS ? "met" : "missed"));
    }

    private static double mean(List<Figures> seeds, ToDoubleFunction<Figures> figure) {
        return seeds.stream().mapToDouble(figure).average().orElseThrow();
    }
}
