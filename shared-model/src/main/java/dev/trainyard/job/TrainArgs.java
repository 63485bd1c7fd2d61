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
 * @param scheduleEpochs epochs over which the learning rate falls, more than {@code epochs}; null if as many
 */
public record TrainArgs(
        int batchSize,
        int epochs,
        double learningRate,
        Optimizer optimizer,
        long seed,
        double validationSplit,
        @Nullable Integer scheduleEpochs) {
    private static final FieldSpec<Integer> BATCH_SIZE =
            FieldSpec.integer("batch_size", "Batch size", "Images per training step", Range.of(1, 8192), null);
    private static final FieldSpec<Integer> EPOCHS =
            FieldSpec.integer("epochs", "Epochs", "Passes over all training images", Range.of(1, 1000), null);
    private static final FieldSpec<Integer> SCHEDULE_EPOCHS = FieldSpec.integer(
            "schedule_epochs",
            "Schedule epochs",
            "Epochs over which the learning rate falls, at least those of the job; as many as the job has if left empty",
            Range.of(1, 1000),
            null);
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

    /** Training whose learning rate falls over its own epochs. */
    public TrainArgs(
            int batchSize, int epochs, double learningRate, Optimizer optimizer, long seed, double validationSplit) {
        this(batchSize, epochs, learningRate, optimizer, seed, validationSplit, null);
    }

    /** Epochs over which the learning rate falls. */
    public int decayEpochs() {
        return scheduleEpochs == null ? epochs : scheduleEpochs;
    }

    /** Returns all fields in the order of a form. */
    public static List<FieldSpec<?>> fields() {
        return List.of(BATCH_SIZE, EPOCHS, LEARNING_RATE, OPTIMIZER, SEED, VALIDATION_SPLIT, SCHEDULE_EPOCHS);
    }

    /** Reads all fields; with violations the result is not used. */
    static TrainArgs read(JsonFieldReader args) {
        int batchSize = orZero(BATCH_SIZE.readRequired(args));
        int epochs = orZero(EPOCHS.readRequired(args));
        TrainArgs trainArgs = new TrainArgs(
                batchSize,
                epochs,
                LEARNING_RATE.read(args),
                OPTIMIZER.read(args),
                SEED.read(args),
                VALIDATION_SPLIT.read(args),
                scheduleEpochs(args, epochs));
        args.rejectUnread();
        return trainArgs;
    }

    /** The usual schedule stays unwritten, so that it is the same configuration with and without the field. */
    private static @Nullable Integer scheduleEpochs(JsonFieldReader args, int epochs) {
        int schedule = SCHEDULE_EPOCHS.read(args, epochs);
        if (schedule < epochs) {
            args.reject(SCHEDULE_EPOCHS.name(), "must be at least epochs, which is %d".formatted(epochs));
        }
        return schedule == epochs ? null : schedule;
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }
}
