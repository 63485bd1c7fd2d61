package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.Score;
import dev.trainyard.search.Direction;

/** The figure of an epoch by which trials are ranked; only those of the validation images, never of the test images. */
enum ObjectiveMetric {
    @JsonProperty("validation.accuracy")
    VALIDATION_ACCURACY(Direction.MAXIMIZE),
    @JsonProperty("validation.loss")
    VALIDATION_LOSS(Direction.MINIMIZE);

    private final Direction natural;

    ObjectiveMetric(Direction natural) {
        this.natural = natural;
    }

    /** Returns the direction in which the metric improves. */
    Direction natural() {
        return natural;
    }

    /** Returns NaN if the epoch was not validated or diverged. */
    double of(EpochMetrics epoch) {
        Score score = epoch.validation();
        if (score == null) {
            return Double.NaN;
        }
        return this == VALIDATION_ACCURACY ? score.accuracy() : score.loss();
    }
}
