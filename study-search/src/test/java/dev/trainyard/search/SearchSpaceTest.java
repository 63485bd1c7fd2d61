package dev.trainyard.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
    private final List<Violation> violations = new ArrayList<>();

    @Test
    void parametersThatConditionsNameComeFirstWhateverTheOrderInJson() {
        assertThat(Spaces.mixed().parameters().keySet())
                .containsExactly(
                        "/network",
                        "/train_args/batch_size",
                        "/train_args/learning_rate",
                        "/network_args/dropout_amount",
                        "/network_args/layer_size");
    }

    @Test
    void sizeCountsWhatConditionsLeave() {
        assertThat(Spaces.small().size()).hasValue(10);
        assertThat(Spaces.mixed().size()).isEmpty();
    }

    @Test
    void everyNumberOfAFiniteSpaceIsAnotherConfiguration() {
        SearchSpace space = Spaces.small();
        Enumeration enumeration = new Enumeration(space);
        Set<SortedMap<String, JsonNode>> all = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            assertThat(space.contains(enumeration.at(i))).isTrue();
            all.add(enumeration.at(i));
        }
        assertThat(all).hasSize(10);
    }

    @Test
    void stepsAreDecimal() {
        FloatParameter parameter = new FloatParameter(0.1, 0.35, Scale.LINEAR, 0.1, Map.of());
        assertThat(parameter.at(2)).hasToString("0.3");
        assertThat(parameter.highest()).isEqualTo(0.3);
        assertThat(parameter.contains(Spaces.json("0.3"))).isTrue();
        assertThat(parameter.contains(Spaces.json("0.31"))).isFalse();
        assertThat(parameter.contains(Spaces.json("0.35"))).isFalse();
        assertThat(parameter.contains(Spaces.json("\"0.3\""))).isFalse();
    }

    @Test
    void aConditionMayNameAFieldOfTheConfiguration() {
        String space = "{\"/d\": {\"type\": \"float\", \"min\": 0, \"max\": 1, \"when\": {\"/network\": \"mlp\"}}}";
        assertThat(read(space, "{\"network\": \"mlp\"}")).isTrue();
        assertThat(read(space, "{\"network\": \"lenet5\"}")).isFalse();
        assertThat(violations).extracting(Violation::pointer).containsExactly("/space/~1d/when/~1network");
    }

    @Test
    void allMistakesAreReportedWhereTheyAre() {
        read("""
                {"/a": {"type": "float", "min": 1, "max": 1},
                 "/b": {"type": "float", "min": 0, "max": 1, "scale": "log"},
                 "/c": {"type": "int", "min": 1, "max": 8, "scale": "log", "step": 2},
                 "/d": {"type": "categorical", "values": [1, 1.0]},
                 "/e": {"type": "int", "min": 0.5, "max": 8, "stepp": 2},
                 "/f": {"type": "integer"},
                 "g": {"type": "int", "min": 1, "max": 2},
                 "/a/b": {"type": "int", "min": 1, "max": 2}}
                """, "{}");
        assertThat(violations)
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder(
                        "/space/~1a/max",
                        "/space/~1b/min",
                        "/space/~1c/step",
                        "/space/~1d/values/1",
                        "/space/~1e/min",
                        "/space/~1e/stepp",
                        "/space/~1f/type",
                        "/space",
                        "/space/~1a~1b");
    }

    @Test
    void conditionsMustNameValuesOfCategoricalParametersWithoutACycle() {
        read("""
                {"/a": {"type": "int", "min": 1, "max": 2},
                 "/b": {"type": "categorical", "values": [1]},
                 "/c": {"type": "categorical", "values": [1], "when": {"/a": 1}},
                 "/d": {"type": "categorical", "values": [1], "when": {"/b": 2}}}
                """, "{}");
        assertThat(violations)
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder("/space/~1c/when/~1a", "/space/~1d/when/~1b");
        violations.clear();
        read("""
                {"/a": {"type": "categorical", "values": [1, 2], "when": {"/b": 1}},
                 "/b": {"type": "categorical", "values": [1, 2], "when": {"/a": 1}}}
                """, "{}");
        assertThat(violations).singleElement().satisfies(v -> assertThat(v.detail())
                .contains("cycle"));
    }

    @Test
    void equalValuesOfADatabaseAreTheSameConfiguration() {
        SearchSpace space = Spaces.read("{\"/x\": {\"type\": \"float\", \"min\": 0, \"max\": 1e12}}");
        assertThat(space.canonical(Map.of("/x", Spaces.json("10000000000"))))
                .isEqualTo(space.canonical(Map.of("/x", Spaces.json("1.0e10"))));
    }

    @Test
    void configurationOfATrialHasItsValuesAndNoUnusedParameter() {
        ObjectNode base = (ObjectNode) Spaces.json("{\"network_args\": {\"layer_size\": 7, \"other\": 1}}");
        SortedMap<String, JsonNode> values = Spaces.mixed()
                .readConfiguration(
                        Spaces.json(
                                "{\"/network\": \"lenet5\", \"/train_args/batch_size\": 64, \"/train_args/learning_rate\": 0.01}"),
                        7,
                        0,
                        "/enqueue/0",
                        violations)
                .orElseThrow();
        assertThat(TrainingConfigurations.with(base, Spaces.mixed(), values))
                .isEqualTo(
                        Spaces.json(
                                "{\"network_args\": {\"other\": 1}, \"network\": \"lenet5\", \"train_args\": {\"batch_size\": 64, \"learning_rate\": 0.01}}"));
        assertThat(base).isEqualTo(Spaces.json("{\"network_args\": {\"layer_size\": 7, \"other\": 1}}"));
    }

    @Test
    void aConfigurationOutsideOfTheSpaceIsRefusedWithPointers() {
        Spaces.mixed()
                .readConfiguration(
                        Spaces.json(
                                "{\"/network\": \"lenet5\", \"/train_args/batch_size\": 65, \"/network_args/layer_size\": 3, \"/x\": 1}"),
                        7,
                        0,
                        "/enqueue/0",
                        violations);
        assertThat(violations)
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder(
                        "/enqueue/0/~1train_args~1batch_size",
                        "/enqueue/0/~1network_args~1layer_size",
                        "/enqueue/0/~1x");
    }

    @Test
    void valuesThatAConfigurationLeavesOutAreDrawnAlwaysTheSame() {
        SortedMap<String, JsonNode> mlp = partial("{\"/network\": \"mlp\"}", 0);
        assertThat(Spaces.mixed().contains(mlp)).isTrue();
        assertThat(mlp).containsKey("/network_args/layer_size").isEqualTo(partial("{\"/network\": \"mlp\"}", 0));
        assertThat(partial("{\"/network\": \"mlp\"}", 1)).isNotEqualTo(mlp);
        assertThat(partial("{\"/network\": \"lenet5\"}", 0)).doesNotContainKey("/network_args/layer_size");
        assertThat(violations).isEmpty();
    }

    private SortedMap<String, JsonNode> partial(String values, int number) {
        return Spaces.mixed()
                .readConfiguration(Spaces.json(values), 7, number, "/enqueue/" + number, violations)
                .orElseThrow();
    }

    @Test
    void cornersHaveEveryExtremeValueAndLieInTheSpace() {
        List<SortedMap<String, JsonNode>> corners = TrainingConfigurations.corners(Spaces.mixed());
        assertThat(corners).allMatch(Spaces.mixed()::contains);
        Spaces.mixed().parameters().forEach((name, parameter) -> assertThat(
                        corners.stream().filter(c -> c.containsKey(name)).map(c -> c.get(name)))
                .containsAll(parameter.extremes()));
    }

    private boolean read(String space, String base) {
        return SearchSpace.read(Spaces.json(space), Spaces.json(base), "/space", violations)
                .isPresent();
    }
}
