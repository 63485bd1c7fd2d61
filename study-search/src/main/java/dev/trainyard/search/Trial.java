package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One trial of a study.
 *
 * @param number position in the study, from 0; trials of other studies that the sampler learns from have negative numbers
 * @param values value of each active parameter, by its JSON pointer
 * @param curve objective after each epoch that was reported, by epoch from 1; NaN where it was not a number
 * @param value final objective of a completed trial; otherwise null
 */
public record Trial(
        int number,
        TrialState state,
        SortedMap<String, JsonNode> values,
        SortedMap<Integer, Double> curve,
        @Nullable Double value) {
    public Trial {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        curve = Collections.unmodifiableSortedMap(new TreeMap<>(curve));
    }

    /** Returns the last epoch that was reported; 0 before the first. */
    public int lastEpoch() {
        return curve.isEmpty() ? 0 : curve.lastKey();
    }

    /** Returns the final objective, or the one of the last epoch; NaN if there is none. */
    public double lastValue() {
        if (value != null) {
            return value;
        }
        return curve.isEmpty() ? Double.NaN : curve.get(curve.lastKey());
    }
}
