package dev.trainyard.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import org.jspecify.annotations.Nullable;

/** The part of a run that all engines share: the order of the batches of an epoch, its progress and its checkpoints. */
public abstract class BatchedRun implements EngineRun {
    protected final NetworkSpec spec;
    protected final TrainArgs args;
    protected final String identity;
    private EpochProgress progress = EpochProgress.START;
    /** End of the last epoch that this run trained; null before. */
    private @Nullable EpochProgress epochEnd;

    protected BatchedRun(NetworkSpec spec, TrainArgs args, String identity) {
        this.spec = spec;
        this.args = args;
        this.identity = identity;
    }

    /** Trains batches of one epoch. */
    @FunctionalInterface
    protected interface BatchTrainer {
        /**
         * Trains one batch, of the images {@code order[from]} to {@code order[to - 1]}.
         *
         * @param progress before the batch
         * @return progress after it
         */
        EpochProgress train(int from, int to, EpochProgress progress);
    }

    /**
     * Starts or continues an epoch.
     *
     * @param epochsDone epochs before this one
     */
    protected abstract BatchTrainer epoch(ImageDataset images, int[] order, long epochSeed, int epochsDone);

    /** Returns the state of the network with the given progress, in the format of the engine. */
    protected abstract byte[] checkpoint(EpochProgress at);

    /** Continues where a checkpoint was taken. */
    protected final void restoreProgress(EpochProgress restored) {
        progress = restored;
    }

    @Override
    public final int epochsDone() {
        return progress.epochsDone();
    }

    @Override
    public final Score trainEpoch(ImageDataset images, BatchListener listener) {
        long epochSeed = Seeds.mix(args.seed(), progress.epochsDone());
        int[] order = ImageOrder.shuffled(images.size(), epochSeed);
        BatchTrainer batches = epoch(images, order, epochSeed, progress.epochsDone());
        for (int from = progress.samplesDone(); from < order.length; from += args.batchSize()) {
            int to = Math.min(order.length, from + args.batchSize());
            progress = batches.train(from, to, progress);
            listener.onBatch(to, progress.meanLoss());
        }
        epochEnd = progress;
        progress = progress.nextEpoch();
        return epochEnd.score();
    }

    @Override
    public final byte[] checkpoint() {
        return checkpoint(progress);
    }

    @Override
    public final byte[] checkpointBeforeEpochEnd() {
        if (epochEnd == null) {
            throw new IllegalStateException("this run has not ended an epoch yet");
        }
        return checkpoint(epochEnd);
    }
}
