package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tree-structured Parzen estimator (Bergstra et al., 2011) over all parameters of a group at once (Falkner et al.,
 * 2018), with Optuna 5.0's defaults: it proposes what is likely among good trials and unlikely among the others.
 * Trials without a result count as bad, so that trials at the same time differ.
 *
 * @param startupTrials random trials before the first one that is proposed
 * @param candidates points of which the best one is proposed
 */
record TpeSampler(int startupTrials, int candidates) implements Sampler {
    private static final double GOOD_SHARE = 0.1;
    private static final int MAX_GOOD = 25;
    /** In a small space the best candidates have often been tried; then a random one serves. */
    private static final int MAX_PROPOSALS = 10;

    @Override
    public Optional<SortedMap<String, JsonNode>> suggest(
            SearchSpace space, Direction direction, List<Trial> history, long seed, int trialNumber) {
        Observations observations = Observations.of(history, direction);
        RandomSource random = RandomSource.of(seed, trialNumber);
        if (observations.ranked().size() < startupTrials) {
            return UnusedConfiguration.find(space, history, seed, () -> RandomSampler.draw(space, random));
        }
        List<GroupProposer> proposers = proposers(space, observations);
        int[] proposals = {0};
        return UnusedConfiguration.find(
                space,
                history,
                seed,
                () -> proposals[0]++ < MAX_PROPOSALS ? propose(proposers, random) : RandomSampler.draw(space, random));
    }

    private static List<GroupProposer> proposers(SearchSpace space, Observations observations) {
        int count = observations.ranked().size();
        int good = Math.min((int) Math.ceil(GOOD_SHARE * count), MAX_GOOD);
        List<Trial> below = observations.ranked().subList(0, good);
        List<Trial> above = new ArrayList<>(observations.ranked().subList(good, count));
        above.addAll(observations.running());
        return ParameterGroup.of(space).stream()
                .map(group -> new GroupProposer(group, byNumber(below), byNumber(above)))
                .toList();
    }

    private SortedMap<String, JsonNode> propose(List<GroupProposer> proposers, RandomSource random) {
        SortedMap<String, JsonNode> values = new TreeMap<>();
        for (GroupProposer proposer : proposers) {
            if (proposer.isUsed(values)) {
                values.putAll(proposer.propose(candidates, random));
            }
        }
        return values;
    }

    private static List<Trial> byNumber(List<Trial> trials) {
        return trials.stream().sorted(Comparator.comparingInt(Trial::number)).toList();
    }
}
