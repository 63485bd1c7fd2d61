package dev.trainyard.search;

import java.util.List;

/** Which trials of one rung go on. */
interface PromotionRule {
    /**
     * Returns the promotions of a rung.
     *
     * @param arrivals the trials that come to this rung, in the order in which they were sent
     * @param epoch of the rung
     * @param eta of so many results one goes on
     */
    Promotions promotions(List<Trial> arrivals, int epoch, int eta, Direction direction);

    /**
     * @param all every trial that has been or is to be promoted from the rung, in order, for the next rung
     * @param due those of them that wait
     */
    record Promotions(List<Trial> all, List<Trial> due) {}
}
