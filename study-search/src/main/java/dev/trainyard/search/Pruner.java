package dev.trainyard.search;

import java.util.List;

/** Decides which trials get more epochs. Without state: the same trials give the same decisions on every machine. */
public interface Pruner {
    /** Returns the last epoch of a trial that runs to its end. */
    int maxEpochs();

    /** Returns the epoch after which a new trial waits for a decision; {@link #maxEpochs()} if it never waits. */
    int firstHold(int trialNumber);

    /**
     * Returns what is due now. A trial that waits and is not named goes on waiting; once no trial of the study can start
     * or run, those that wait are done.
     *
     * @param trials all trials of the study, in any order
     */
    List<Decision> decide(Direction direction, List<Trial> trials);
}
