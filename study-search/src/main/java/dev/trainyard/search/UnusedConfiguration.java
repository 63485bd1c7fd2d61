package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/** Draws until a configuration is new, and falls back to counting through a finite space. */
final class UnusedConfiguration {
    /** Most draws; in a space without end a used configuration is hardly ever drawn twice. */
    private static final int MAX_DRAWS = 100;

    private UnusedConfiguration() {}

    /** Returns a configuration that no trial of {@code history} has; empty if there is none. */
    static Optional<SortedMap<String, JsonNode>> find(
            SearchSpace space, List<Trial> history, long seed, Supplier<SortedMap<String, JsonNode>> draw) {
        UsedConfigurations used = new UsedConfigurations(space, history);
        for (int i = 0; i < MAX_DRAWS; i++) {
            SortedMap<String, JsonNode> values = draw.get();
            if (!used.contains(values)) {
                return Optional.of(values);
            }
        }
        return space.size().isEmpty() ? Optional.empty() : new Enumeration(space).firstUnused(used, seed);
    }
}
