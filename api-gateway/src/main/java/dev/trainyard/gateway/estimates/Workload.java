package dev.trainyard.gateway.estimates;

import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.network.NetworkSize;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import org.jspecify.annotations.Nullable;

/**
 * Computing cost of a job by its configuration.
 *
 * @param cost multiply-adds per training image, including a share of the cost per batch
 * @param images number of training images per epoch
 * @param saves true if it publishes a model, which takes time after the last epoch
 * @param engine id of the engine that must train; null for the worker's choice
 */
record Workload(
        String network,
        NetworkSize size,
        double cost,
        double images,
        int batch,
        int epochs,
        Optimizer optimizer,
        boolean saves,
        @Nullable String engine) {
    /** Fitted to trainings of both networks at batch sizes of 16 to 512; similar past jobs correct the rest. */
    private static final double IMAGE_COST = 25_000;

    private static final double BATCH_COST = 1_500_000;
    private static final double UPDATE_COST = 6;
    private static final int MNIST_IMAGES = 60_000;

    static NetworkSpec spec(TrainingConfig config) {
        return Networks.spec(
                config.network(),
                config.networkArgs(),
                TrainingConfigReader.MNIST_IMAGE,
                TrainingConfigReader.MNIST_CLASSES);
    }

    static Workload of(TrainingConfig config) {
        TrainArgs args = config.trainArgs();
        if (config.isImport()) { // only evaluates on the test images
            NetworkSize size = new NetworkSize(0, 0, 0);
            return new Workload(config.network(), size, IMAGE_COST, 1, 1, 0, args.optimizer(), true, null);
        }
        NetworkSize size = NetworkSize.of(spec(config));
        double cost =
                size.multiplyAdds() + IMAGE_COST + (UPDATE_COST * size.parameters() + BATCH_COST) / args.batchSize();
        double images = MNIST_IMAGES * (1 - args.validationSplit());
        return new Workload(
                config.network(),
                size,
                cost,
                images,
                args.batchSize(),
                args.epochs(),
                args.optimizer(),
                config.saveWeights(),
                config.engine());
    }

    /** Returns this work for the engine that was chosen; null if that is not known yet. */
    Workload on(@Nullable String chosen) {
        return chosen == null || chosen.equals(engine)
                ? this
                : new Workload(network, size, cost, images, batch, epochs, optimizer, saves, chosen);
    }

    /** False for an import, which has no epochs. */
    boolean trains() {
        return epochs > 0;
    }

    double epochCost() {
        return cost * images;
    }

    /** 0 if the same throughput is expected; about 1 for a different network. */
    double distanceTo(Workload other) {
        double costs = Math.log(cost / other.cost);
        double batches = Math.log((double) batch / other.batch);
        return Math.sqrt(costs * costs
                + 0.3 * batches * batches
                + (network.equals(other.network) ? 0 : 1)
                + (optimizer == other.optimizer ? 0 : 0.05));
    }
}
