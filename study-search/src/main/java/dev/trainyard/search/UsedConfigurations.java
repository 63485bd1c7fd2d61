package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** The configurations of a history, which must not be suggested again. */
final class UsedConfigurations {
    private final SearchSpace space;
    private final Set<SortedMap<String, JsonNode>> used = new HashSet<>();

    UsedConfigurations(SearchSpace space, List<Trial> history) {
        this.space = space;
        history.forEach(trial -> used.add(space.canonical(trial.values())));
    }

    boolean contains(SortedMap<String, JsonNode> values) {
        return used.contains(space.canonical(values));
    }
}
