package dev.trainyard.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TpeSamplerTest {
    private static final SearchSpace SPACE = new SearchSpace(Map.of(
            "/x", new FloatParameter(-5, 10, Scale.LINEAR, null, Map.of()),
            "/y", new FloatParameter(0, 15, Scale.LINEAR, null, Map.of())));

    @Test
    void findsAMinimumMuchSoonerThanRandomSearch() {
        assertThat(medianRegret(new TpeSampler(10, 24))).isLessThan(medianRegret(new RandomSampler()) / 2);
    }

    private static double medianRegret(Sampler sampler) {
        double[] regrets = IntStream.range(0, 15)
                .mapToDouble(
                        seed -> SimulatedStudy.sequential(SPACE, sampler, seed, 60, TpeSamplerTest::branin) - 0.397887)
                .sorted()
                .toArray();
        return regrets[regrets.length / 2];
    }

    private static double branin(SortedMap<String, JsonNode> values) {
        double x = values.get("/x").doubleValue();
        double y = values.get("/y").doubleValue();
        double a = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
        return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    }
}
