package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.Violation;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * CMA-ES over the numbers that every trial has; other parameters are drawn at random. The strategy is told the history
 * anew for each suggestion: the trials with a result in the order of their numbers, so many of them at a time as a
 * generation has.
 */
record CmaEsSampler() implements Sampler {
    /** Few steps between limits may leave nothing new near the mean; then a random configuration serves. */
    private static final int MAX_PROPOSALS = 10;

    @Override
    public Optional<SortedMap<String, JsonNode>> suggest(
            SearchSpace space, Direction direction, List<Trial> history, long seed, int trialNumber) {
        ParameterGroup numbers = ParameterGroup.alwaysUsedNumbers(space);
        EvolutionStrategy strategy =
                told(numbers, Observations.of(history, direction).ranked());
        RandomSource random = RandomSource.of(seed, trialNumber);
        int[] proposals = {0};
        return UnusedConfiguration.find(
                space,
                history,
                seed,
                () -> proposals[0]++ < MAX_PROPOSALS
                        ? propose(space, numbers.values(strategy.ask(random)), random)
                        : RandomSampler.draw(space, random));
    }

    @Override
    public void check(SearchSpace space, String pointer, List<Violation> violations) {
        if (ParameterGroup.alwaysUsedNumbers(space).names().isEmpty()) {
            violations.add(
                    new Violation(pointer, "needs a number without conditions for the sampler cma_es; tpe needs none"));
        }
    }

    private static EvolutionStrategy told(ParameterGroup numbers, List<Trial> ranked) {
        EvolutionStrategy strategy = new EvolutionStrategy(numbers.names().size());
        List<Trial> usable = ranked.stream()
                .filter(trial -> numbers.point(trial.values()).isPresent())
                .toList();
        List<Integer> ranks = IntStream.range(0, usable.size())
                .boxed()
                .sorted(Comparator.comparingInt(rank -> usable.get(rank).number()))
                .toList();
        int population = strategy.population();
        for (int start = 0; start + population <= ranks.size(); start += population) {
            List<Trial> generation = ranks.subList(start, start + population).stream()
                    .sorted()
                    .map(usable::get)
                    .toList();
            strategy.tell(numbers.points(generation));
        }
        return strategy;
    }

    private static SortedMap<String, JsonNode> propose(
            SearchSpace space, Map<String, JsonNode> numbers, RandomSource random) {
        return space.choose((name, parameter) -> {
            JsonNode number = numbers.get(name);
            return number == null ? parameter.atPosition(random.nextDouble()) : number;
        });
    }
}
