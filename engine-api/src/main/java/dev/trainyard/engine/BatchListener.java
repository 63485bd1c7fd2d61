package dev.trainyard.engine;

/** Called for each batch. An exception ends the pass at once, which is how runs are stopped. */
@FunctionalInterface
public interface BatchListener {

    /**
     * @param samplesDone images processed in this pass
     * @param meanLoss mean loss of this pass, in nats
     */
    void onBatch(int samplesDone, double meanLoss);
}
