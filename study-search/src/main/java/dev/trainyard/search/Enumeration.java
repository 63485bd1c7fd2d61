package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All configurations of a finite space by number. */
final class Enumeration {
    private final SearchSpace space;
    private final long size;

    /** @param space whose size is counted */
    Enumeration(SearchSpace space) {
        this.space = space;
        this.size = space.size().orElseThrow();
    }

    /** Returns the first configuration, in an order that {@code seed} determines, that is not used. */
    Optional<SortedMap<String, JsonNode>> firstUnused(UsedConfigurations used, long seed) {
        Permutation order = new Permutation(size, seed);
        for (long i = 0; i < size; i++) {
            SortedMap<String, JsonNode> values = at(order.at(i));
            if (!used.contains(values)) {
                return Optional.of(values);
            }
        }
        return Optional.empty();
    }

    SortedMap<String, JsonNode> at(long number) {
        long left = number;
        for (SearchBranch branch : space.branches()) {
            long size = branch.size().orElseThrow();
            if (left < size) {
                return at(branch, left);
            }
            left -= size;
        }
        throw new IndexOutOfBoundsException(number);
    }

    private static SortedMap<String, JsonNode> at(SearchBranch branch, long number) {
        SortedMap<String, JsonNode> values = new TreeMap<>(branch.fixed());
        long left = number;
        for (Map.Entry<String, Parameter> entry : branch.free().entrySet()) {
            long size = entry.getValue().size().orElseThrow();
            values.put(entry.getKey(), entry.getValue().at(left % size));
            left /= size;
        }
        return values;
    }
}
