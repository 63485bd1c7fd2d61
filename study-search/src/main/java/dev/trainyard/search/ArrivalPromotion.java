package dev.trainyard.search;

import java.util.ArrayList;
import java.util.List;

/** Of the n results that a rung has, floor(n / eta) have been promoted: whenever one is due, the best that waits. */
record ArrivalPromotion() implements PromotionRule {
    @Override
    public Promotions promotions(List<Trial> arrivals, int epoch, int eta, Direction direction) {
        List<Trial> results = arrivals.stream()
                .filter(trial -> RungRanking.hasResult(trial, epoch))
                .toList();
        List<Trial> promoted = new ArrayList<>(results.stream()
                .filter(trial -> RungRanking.wasPromoted(trial, epoch))
                .toList());
        List<Trial> due = results.stream()
                .filter(trial -> RungRanking.waits(trial, epoch) && RungRanking.isRanked(trial, epoch))
                .sorted(RungRanking.at(epoch, direction))
                .limit(Math.max(0, results.size() / eta - promoted.size()))
                .toList();
        promoted.addAll(due);
        return new Promotions(promoted, due);
    }
}
