package dev.trainyard.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What all samplers promise. */
class SamplerPropertiesTest {
    @ParameterizedTest
    @ValueSource(strings = {"random", "tpe", "cma_es"})
    void suggestionsAreNewAndInTheSpaceAndDependOnTheHistoryAlone(String name) {
        Sampler sampler = sampler(name);
        SearchSpace space = Spaces.mixed();
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Trial> history = new ArrayList<>();
            UsedConfigurations used = new UsedConfigurations(space, List.of());
            for (int number = 0; number < 60; number++) {
                SortedMap<String, JsonNode> values =
                        suggest(sampler, space, history, seed, number).orElseThrow();
                assertThat(space.contains(values)).as("%s", values).isTrue();
                assertThat(used.contains(values)).isFalse();
                List<Trial> shuffled = new ArrayList<>(history);
                Collections.shuffle(shuffled, random);
                assertThat(suggest(sampler, space, shuffled, seed, number)).hasValue(values);
                history.add(trial(number, values, random));
                used = new UsedConfigurations(space, history);
            }
            assertThat(suggest(sampler, space, history, seed + 1, 60))
                    .isNotEqualTo(suggest(sampler, space, history, seed, 60));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "grid", "tpe", "cma_es"})
    void aFiniteSpaceIsTriedOnceAndThenExhausted(String name) {
        SearchSpace space = name.equals("cma_es")
                ? Spaces.read("{\"/x\": {\"type\": \"int\", \"min\": 1, \"max\": 10}}")
                : Spaces.small();
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Trial> history = new ArrayList<>();
            for (int number = 0; number < 10; number++) {
                history.add(trial(
                        number,
                        suggest(sampler(name), space, history, seed, number).orElseThrow(),
                        random));
            }
            assertThat(history.stream().map(Trial::values).distinct()).hasSize(10);
            assertThat(suggest(sampler(name), space, history, seed, 10)).isEmpty();
        }
    }

    private static Optional<SortedMap<String, JsonNode>> suggest(
            Sampler sampler, SearchSpace space, List<Trial> history, long seed, int number) {
        return sampler.suggest(space, Direction.MAXIMIZE, history, seed, number);
    }

    /** A trial in any state, with results that may be equal or not a number. */
    private static Trial trial(int number, SortedMap<String, JsonNode> values, Random random) {
        TrialState state = TrialState.values()[random.nextInt(TrialState.values().length)];
        TreeMap<Integer, Double> curve = new TreeMap<>();
        for (int epoch = 1; epoch <= random.nextInt(4); epoch++) {
            curve.put(epoch, random.nextInt(5) == 0 ? Double.NaN : random.nextInt(10) / 10.0);
        }
        Double value = state != TrialState.COMPLETED ? null : random.nextInt(5) == 0 ? Double.NaN : random.nextDouble();
        return new Trial(number, state, values, curve, value);
    }

    static Sampler sampler(String name) {
        List<Violation> violations = new ArrayList<>();
        Samplers.Choice choice = Samplers.read(
                JsonFieldReader.of(JsonNodeFactory.instance.objectNode().put("name", name), "/sampler", violations));
        assertThat(violations).isEmpty();
        return choice.sampler();
    }
}
