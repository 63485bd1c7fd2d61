package dev.trainyard.search;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.List;

/** Reads the sampler of a study. */
public final class Samplers {
    public static final List<String> NAMES = List.of("tpe", "random", "grid", "cma_es");

    private static final FieldSpec<Long> SEED =
            FieldSpec.bigInteger("seed", "Seed", "Whole number that all suggestions derive from", 42);
    private static final FieldSpec<Integer> POINTS =
            FieldSpec.integer("points", "Points", "Values of a decimal number without steps", Range.of(2, 1_000), null);

    private static final FieldSpec<Integer> STARTUP_TRIALS = FieldSpec.integer(
            "startup_trials", "First trials", "Random trials before the first proposal", Range.of(1, 1_000), 10);
    private static final FieldSpec<Integer> CANDIDATES = FieldSpec.integer(
            "candidates", "Candidates", "Points of which the best one is proposed", Range.of(1, 1_000), 24);

    private Samplers() {}

    /**
     * A sampler and its seed.
     *
     * @param name in the request
     */
    public record Choice(String name, Sampler sampler, long seed) {}

    /** Reads all fields; with violations the result is not used. */
    public static Choice read(JsonFieldReader fields) {
        String name = fields.choice("name", NAMES, NAMES.get(0));
        Sampler sampler =
                switch (name == null ? "" : name) {
                    case "cma_es" -> new CmaEsSampler();
                    case "grid" -> new GridSampler(fields.has("points") ? POINTS.readRequired(fields) : null);
                    case "tpe" -> new TpeSampler(STARTUP_TRIALS.read(fields), CANDIDATES.read(fields));
                    default -> new RandomSampler();
                };
        Choice choice = new Choice(name == null ? "" : name, sampler, SEED.read(fields));
        fields.rejectUnread();
        return choice;
    }
}
