package dev.trainyard.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Promotes as if the results came one after the other in the order in which the trials were sent to the rung, and waits
 * for those that are missing. So the promotions depend on the results alone, not on who trains how fast.
 */
record FixedPromotion() implements PromotionRule {
    @Override
    public Promotions promotions(List<Trial> arrivals, int epoch, int eta, Direction direction) {
        List<Trial> waiting = new ArrayList<>();
        List<Trial> promoted = new ArrayList<>();
        int results = 0;
        for (Trial trial : arrivals) {
            if (!RungRanking.hasResult(trial, epoch)) {
                if (!trial.state().isEnded()) {
                    break;
                }
                continue;
            }
            results++;
            if (RungRanking.isRanked(trial, epoch)) {
                waiting.add(trial);
            }
            waiting.sort(RungRanking.at(epoch, direction));
            while (promoted.size() < results / eta && !waiting.isEmpty()) {
                promoted.add(waiting.remove(0));
            }
        }
        List<Trial> due = promoted.stream()
                .filter(trial -> RungRanking.waits(trial, epoch))
                .toList();
        return new Promotions(promoted, due);
    }
}
