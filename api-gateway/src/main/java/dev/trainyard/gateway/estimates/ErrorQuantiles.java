package dev.trainyard.gateway.estimates;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Quantiles of normalised forecast errors of the most recent jobs. */
final class ErrorQuantiles {
    private static final int REMEMBERED = 120;
    /** Errors that are assumed while there are few observations; slightly wider than the normal distribution. */
    private static final List<Double> FIRST = List.of(-1.5, -0.9, -0.4, 0.0, 0.4, 0.9, 1.5);

    private static final int FIRST_UNTIL = 14;

    private final List<Double> sorted;

    /** @param newestFirst errors, newest job first */
    ErrorQuantiles(List<Double> newestFirst) {
        List<Double> errors = new ArrayList<>(newestFirst.subList(0, Math.min(REMEMBERED, newestFirst.size())));
        if (errors.size() < FIRST_UNTIL) {
            errors.addAll(FIRST);
        }
        Collections.sort(errors);
        this.sorted = errors;
    }

    /** Uses rank {@code share * (n + 1)}, so that few observations give a wide interval. */
    double quantile(double share) {
        double place = share * (sorted.size() + 1) - 1;
        int below = (int) Math.floor(place);
        if (below < 0) {
            return sorted.get(0);
        }
        if (below >= sorted.size() - 1) {
            return sorted.get(sorted.size() - 1);
        }
        double part = place - below;
        return sorted.get(below) * (1 - part) + sorted.get(below + 1) * part;
    }
}
