package dev.trainyard.search;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.List;

/** Reads the pruner of a study. */
public final class Pruners {
    public static final List<String> NAMES = List.of("none", "asha", "hyperband", "median");

    private static final Range EPOCHS = Range.of(1, 1_000);
    private static final FieldSpec<Integer> ETA =
            FieldSpec.integer("eta", "Reduction", "One of this many trials goes on at each rung", Range.of(2, 10), 3);
    private static final FieldSpec<Integer> MIN_EPOCHS =
            FieldSpec.integer("min_epochs", "Least epochs", "Epochs before trials are compared", EPOCHS, 1);
    private static final FieldSpec<Integer> MAX_EPOCHS =
            FieldSpec.integer("max_epochs", "Most epochs", "Epochs of a trial that runs to its end", EPOCHS, null);
    private static final FieldSpec<Integer> STARTUP_TRIALS = FieldSpec.integer(
            "startup_trials", "First trials", "Completed trials before one is stopped", Range.of(1, 1_000), 5);
    private static final FieldSpec<Integer> WARMUP_EPOCHS = FieldSpec.integer(
            "warmup_epochs", "First epochs", "Epochs in which a trial is not stopped", Range.of(0, 1_000), 0);

    private Pruners() {}

    /**
     * Reads all fields; with violations the result is not used.
     *
     * @param epochs of the base configuration, the default of {@code max_epochs}
     */
    public static Pruner read(JsonFieldReader fields, Order order, int epochs) {
        String name = fields.choice("name", NAMES, NAMES.get(0));
        int maxEpochs = MAX_EPOCHS.read(fields, epochs);
        Pruner pruner =
                switch (name == null ? "" : name) {
                    case "asha" -> asha(fields, order, maxEpochs);
                    case "hyperband" -> HyperbandPruner.of(rungs(fields, maxEpochs), ETA.read(fields), rule(order));
                    case "median" -> median(fields, order, maxEpochs);
                    default -> new NoPruner(maxEpochs);
                };
        fields.rejectUnread();
        return pruner;
    }

    private static Pruner asha(JsonFieldReader fields, Order order, int maxEpochs) {
        Rungs rungs = rungs(fields, maxEpochs);
        if (fields.oneOf("promotion", Promotion.class, Promotion.PAUSE) == Promotion.STOP) {
            if (order == Order.FIXED) {
                fields.reject(
                        "promotion",
                        "must be pause with a fixed order, as trials that do not wait cannot be put in order");
            }
            return new StoppingAshaPruner(rungs, ETA.read(fields));
        }
        return new AshaPruner(rungs, ETA.read(fields), rule(order));
    }

    private static Pruner median(JsonFieldReader fields, Order order, int maxEpochs) {
        if (order == Order.FIXED) {
            fields.reject(
                    "name",
                    "must be asha, hyperband or none with a fixed order, as trials that do not wait cannot be put in order");
        }
        return new MedianPruner(maxEpochs, STARTUP_TRIALS.read(fields), WARMUP_EPOCHS.read(fields));
    }

    private static PromotionRule rule(Order order) {
        return order == Order.FIXED ? new FixedPromotion() : new ArrivalPromotion();
    }

    private static Rungs rungs(JsonFieldReader fields, int maxEpochs) {
        int minEpochs = MIN_EPOCHS.read(fields);
        if (minEpochs > maxEpochs) {
            fields.reject("min_epochs", "must be at most max_epochs, %d".formatted(maxEpochs));
        }
        return Rungs.of(minEpochs, ETA.read(fields), maxEpochs);
    }
}
