package dev.trainyard.trainer.engine;

/** Hears of every batch; throwing from it ends the pass at once, which is how a run is stopped. */
@FunctionalInterface
public interface BatchListener {

    /**
     * @param samplesDone images of this pass done so far
     * @param meanLoss mean loss of this pass so far, nats
     */
    void onBatch(int samplesDone, double meanLoss);
}
