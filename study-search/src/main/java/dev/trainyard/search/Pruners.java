package dev.trainyard.search;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.List;

/** Reads the pruner of a study. */
public final class Pruners {
    public static final List<String> NAMES = List.of("none", "asha");

    private static final Range EPOCHS = Range.of(1, 1_000);
    private static final FieldSpec<Integer> ETA = FieldSpec.integer(
            "eta", "Reduction", "One of this many trials goes on at each rung", Range.of(2, 10), 3);
    private static final FieldSpec<Integer> MIN_EPOCHS =
            FieldSpec.integer("min_epochs", "Least epochs", "Epochs before trials are compared", EPOCHS, 1);
    private static final FieldSpec<Integer> MAX_EPOCHS =
            FieldSpec.integer("max_epochs", "Most epochs", "Epochs of a trial that runs to its end", EPOCHS, null);

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
                    case "asha" -> asha(fields, maxEpochs);
                    default -> new NoPruner(maxEpochs);
                };
        fields.rejectUnread();
        return pruner;
    }

    private static Pruner asha(JsonFieldReader fields, int maxEpochs) {
        int minEpochs = MIN_EPOCHS.read(fields);
        int eta = ETA.read(fields);
        if (minEpochs > maxEpochs) {
            fields.reject("min_epochs", "must be at most max_epochs, " + maxEpochs);
        }
        return new AshaPruner(Rungs.of(minEpochs, eta, maxEpochs), eta);
    }
}
