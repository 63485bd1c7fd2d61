package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Draws each value independently and evenly on its scale. */
final class RandomSampler implements Sampler {
    @Override
    public Optional<SortedMap<String, JsonNode>> suggest(
            SearchSpace space, Direction direction, List<Trial> history, long seed, int trialNumber) {
        RandomSource random = RandomSource.of(seed, trialNumber);
        return UnusedConfiguration.find(space, history, seed, () -> draw(space, random));
    }

    static SortedMap<String, JsonNode> draw(SearchSpace space, RandomSource random) {
        return space.choose((name, parameter) -> parameter.atPosition(random.nextDouble()));
    }
}
