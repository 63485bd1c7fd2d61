package dev.trainyard.engine.vector;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.EpochProgress;
import dev.trainyard.engine.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Computes the gradient of a batch in parts of {@link Layer#MOST_SAMPLES} images, as many at once as there are replicas.
 * The parts' gradients are added in the order of the parts, so that the number of replicas changes no bit.
 */
final class DataParallel implements AutoCloseable {
    private final Kernels kernels;
    private final List<Replica> replicas;
    /** Sum of the parts' gradients; empty if all batches are single parts. */
    private final float[] sum;
    /** One thread less than replicas; the caller's is the other one. */
    private final ExecutorService threads;

    /** @param batchSize most images of a batch */
    DataParallel(List<Replica> replicas, int batchSize, Kernels kernels) {
        this.kernels = kernels;
        this.replicas = List.copyOf(replicas);
        this.sum = new float[batchSize > Layer.MOST_SAMPLES ? first().gradients().length : 0];
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "vector engine");
            thread.setDaemon(true);
            return thread;
        });
    }

    Replica first() {
        return replicas.get(0);
    }

    /** Computes {@link #gradients} of one batch; returns the progress after it. */
    EpochProgress train(ImageDataset images, int[] order, int from, int to, long epochSeed, EpochProgress before) {
        EpochProgress progress = before;
        int step = replicas.size() * Layer.MOST_SAMPLES;
        for (int parts = from; parts < to; parts += step) {
            List<Replica> used = trainParts(images, order, parts, Math.min(to, parts + step), to - from, epochSeed);
            for (int i = 0; i < used.size(); i++) {
                Replica replica = used.get(i);
                progress = progress.plus(
                        replica.samples(),
                        replica.loss().lossSum(),
                        replica.loss().right());
                add(replica, parts == from && i == 0);
            }
        }
        return progress;
    }

    /** Waits for all parts, also if one fails, since they use the run's arrays. */
    private List<Replica> trainParts(
            ImageDataset images, int[] order, int from, int to, int batchSize, long epochSeed) {
        List<CompletableFuture<Void>> others = new ArrayList<>(replicas.size());
        int used = (to - from + Layer.MOST_SAMPLES - 1) / Layer.MOST_SAMPLES;
        for (int i = 1; i < used; i++) {
            int part = from + i * Layer.MOST_SAMPLES;
            Replica replica = replicas.get(i);
            others.add(CompletableFuture.runAsync(
                    () -> train(replica, images, order, part, to, batchSize, epochSeed), threads));
        }
        try {
            train(first(), images, order, from, to, batchSize, epochSeed);
        } finally {
            CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).join();
        }
        return replicas.subList(0, used);
    }

    /** Draws what is dropped per part, so that neither resuming nor the number of replicas changes it. */
    private static void train(
            Replica replica, ImageDataset images, int[] order, int part, int to, int batchSize, long epochSeed) {
        int end = Math.min(to, part + Layer.MOST_SAMPLES);
        replica.train(images, order, part, end, batchSize, Seeds.mix(epochSeed, part));
    }

    private void add(Replica replica, boolean isFirst) {
        if (sum.length > 0 && isFirst) {
            System.arraycopy(replica.gradients(), 0, sum, 0, sum.length);
        } else if (sum.length > 0) {
            kernels.addEach(replica.gradients(), sum, sum.length);
        }
    }

    /** Those of the last batch. */
    float[] gradients() {
        return sum.length > 0 ? sum : first().gradients();
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
