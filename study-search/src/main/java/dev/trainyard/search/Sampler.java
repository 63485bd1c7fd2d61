package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.Violation;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Chooses the configurations of trials. Without state: the same arguments give the same result on every machine. */
public interface Sampler {
    /**
     * Returns a configuration that no trial of {@code history} has.
     *
     * @param history all earlier trials that the study has started, in any order
     * @return empty if the space is exhausted
     */
    Optional<SortedMap<String, JsonNode>> suggest(
            SearchSpace space, Direction direction, List<Trial> history, long seed, int trialNumber);

    /** Reports why this sampler cannot search {@code space}, which is at {@code pointer} of the request. */
    default void check(SearchSpace space, String pointer, List<Violation> violations) {}
}
