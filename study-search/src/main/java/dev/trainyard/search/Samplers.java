package dev.trainyard.search;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.List;

/** Reads the sampler of a study. */
public final class Samplers {
    public static final List<String> NAMES = List.of("tpe", "random", "grid");

    private static final FieldSpec<Long> SEED =
            FieldSpec.bigInteger("seed", "Seed", "Whole number that all suggestions derive from", 42);
    private static final FieldSpec<Integer> POINTS = FieldSpec.integer(
            "points", "Points", "Values of a decimal number without steps", Range.of(2, 1_000), null);

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
                    case "grid" -> new GridSampler(fields.has("points") ? POINTS.readRequired(fields) : null);
                    default -> new RandomSampler();
                };
        Choice choice = new Choice(name == null ? "" : name, sampler, SEED.read(fields));
        fields.rejectUnread();
        return choice;
    }
}
