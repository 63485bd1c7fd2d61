package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** Proposes the values of one group of parameters from good and bad trials. */
final class GroupProposer {
    private final ParameterGroup group;
    private final ParzenEstimator good;
    private final ParzenEstimator bad;

    /** The trials are in the order of their numbers. */
    GroupProposer(ParameterGroup group, List<Trial> good, List<Trial> bad) {
        this.group = group;
        this.good = new ParzenEstimator(group.dimensions(), group.points(good));
        this.bad = new ParzenEstimator(group.dimensions(), group.points(bad));
    }

    boolean isUsed(Map<String, JsonNode> values) {
        return SearchSpace.holds(group.when(), values);
    }

    /** Returns the best of {@code candidates} points that are drawn from the good trials. */
    Map<String, JsonNode> propose(int candidates, RandomSource random) {
        double[] best = group.nearest(good.sample(random));
        double bestImprovement = improvement(best);
        for (int i = 1; i < candidates; i++) {
            double[] point = group.nearest(good.sample(random));
            double improvement = improvement(point);
            if (improvement > bestImprovement) {
                best = point;
                bestImprovement = improvement;
            }
        }
        return group.values(best);
    }

    private double improvement(double[] point) {
        return good.logDensity(point) - bad.logDensity(point);
    }
}
