package dev.trainyard.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a study looks for the smallest or the largest value of its objective. */
public enum Direction {
    @JsonProperty("minimize")
    MINIMIZE,
    @JsonProperty("maximize")
    MAXIMIZE;

    /** Returns a value that is smaller for better objectives; NaN becomes the largest. */
    public double loss(double objective) {
        if (Double.isNaN(objective)) {
            return Double.POSITIVE_INFINITY;
        }
        return this == MINIMIZE ? objective : -objective;
    }
}
