package dev.trainyard.job;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Training parameters.
 *
 * @param batchSize images per step
 * @param epochs passes over the training images
 * @param learningRate step size of the optimizer
 * @param seed seed of all randomness in the run
 * @param validationSplit share of the training split held out for validation
 */
public record TrainArgs(
        int batchSize, int epochs, double learningRate, Optimizer optimizer, long seed, double validationSplit) {
    private static final FieldSpec<Integer> BATCH_SIZE =
            FieldSpec.integer("batch_size", "Batch size", "Images per training step", Range.of(1, 8192), null);
    private static final FieldSpec<Integer> EPOCHS =
            FieldSpec.integer("epochs", "Epochs", "Passes over all training images", Range.of(1, 1000), null);
    private static final FieldSpec<Double> LEARNING_RATE = FieldSpec.decimal(
            "learning_rate", "Learning rate", "Step size of the optimizer", Range.above(0, 10), 0.001);
    private static final FieldSpec<Optimizer> OPTIMIZER = FieldSpec.word(
            "optimizer", "Optimizer", "Rule that updates the weights after each step", Optimizer.class, Optimizer.ADAM);
    private static final FieldSpec<Long> SEED =
            FieldSpec.bigInteger("seed", "Seed", "Whole number that all randomness of the run derives from", 42);
    private static final FieldSpec<Double> VALIDATION_SPLIT = FieldSpec.decimal(
            "validation_split",
            "Validation share",
            "Share of the training images held out to validate each epoch",
            Range.of(0.0, 0.5),
            0.1);

    /** Returns all fields in the order of a form. */
    public static List<FieldSpec<?>> fields() {
        return List.of(BATCH_SIZE, EPOCHS, LEARNING_RATE, OPTIMIZER, SEED, VALIDATION_SPLIT);
    }

    /** Reads all fields; with violations the result is not used. */
    static TrainArgs read(JsonFieldReader args) {
        TrainArgs trainArgs = new TrainArgs(
                orZero(BATCH_SIZE.readRequired(args)),
                orZero(EPOCHS.readRequired(args)),
                LEARNING_RATE.read(args),
                OPTIMIZER.read(args),
                SEED.read(args),
                VALIDATION_SPLIT.read(args));
        args.rejectUnread();
        return trainArgs;
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }
}
