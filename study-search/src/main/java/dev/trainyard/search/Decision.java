package dev.trainyard.search;

/** What a pruner decides about a trial. */
public sealed interface Decision {
    /** Number of the trial. */
    int trial();

    /**
     * A trial that waits at a rung goes on.
     *
     * @param holdAfterEpoch epoch after which it waits again; the last epoch if it trains to its end
     */
    record Promote(int trial, int holdAfterEpoch) implements Decision {}

    /** A running trial ends now. */
    record Stop(int trial) implements Decision {}
}
