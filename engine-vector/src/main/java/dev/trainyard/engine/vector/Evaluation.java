package dev.trainyard.engine.vector;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.SharedWork;
import dev.trainyard.job.Score;
import dev.trainyard.network.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Evaluates a network on all cores, with a copy of its layers and the same parameters on each thread. Results are added
 * in the order of the images, so they do not depend on the number of threads.
 */
final class Evaluation {
    private final VectorNetwork network;
    private final NetworkSpec spec;
    private final Supplier<Kernels> kernels;
    private final int threads;
    private final List<Copy> copies = new ArrayList<>();

    /** @param kernels makes new ones for each thread */
    Evaluation(VectorNetwork network, NetworkSpec spec, Supplier<Kernels> kernels, int threads) {
        this.network = network;
        this.spec = spec;
        this.kernels = kernels;
        this.threads = threads;
    }

    /**
     * Loss and accuracy. The listener is called on this thread with the mean loss of what this thread computed; what it
     * throws ends all threads.
     */
    Score score(ImageDataset images, BatchListener listener) {
        int parts = parts(images);
        double[] losses = new double[parts];
        int[] right = new int[parts];
        List<Copy> used = copies(threads);
        List<SharedWork.Worker<RuntimeException>> workers = new ArrayList<>();
        for (Copy copy : used) {
            copy.startPass();
            workers.add(part -> {
                SoftmaxLoss loss = copy.loss(images, part);
                losses[part] = loss.lossSum();
                right[part] = loss.right();
            });
        }
        Copy mine = used.get(0);
        SharedWork.run(
                parts,
                workers,
                taken -> listener.onBatch(Math.min(images.size(), taken * Layer.MOST_SAMPLES), mine.meanLoss()));
        double lossSum = 0;
        long hits = 0;
        for (int part = 0; part < parts; part++) {
            lossSum += losses[part];
            hits += right[part];
        }
        listener.onBatch(images.size(), lossSum / images.size());
        return new Score(lossSum / images.size(), (double) hits / images.size());
    }

    /** Probabilities of all images. */
    float[][] probabilities(ImageDataset images) {
        Copy copy = copies(1).get(0);
        float[][] all = new float[images.size()][];
        for (int part = 0; part < parts(images); part++) {
            float[] logits = copy.logits(images, part);
            int from = part * Layer.MOST_SAMPLES;
            for (int row = from; row < Math.min(all.length, from + Layer.MOST_SAMPLES); row++) {
                all[row] = copy.network.loss().probabilities(logits, row - from);
            }
        }
        return all;
    }

    private static int parts(ImageDataset images) {
        return (images.size() + Layer.MOST_SAMPLES - 1) / Layer.MOST_SAMPLES;
    }

    private List<Copy> copies(int count) {
        while (copies.size() < count) {
            copies.add(new Copy(network, spec, kernels.get()));
        }
        return copies.subList(0, count);
    }

    /** The layers of one thread. */
    private static final class Copy {
        private final VectorNetwork network;
        private final Batches batches;
        private double lossSum;
        private int samples;

        Copy(VectorNetwork trained, NetworkSpec spec, Kernels kernels) {
            this.network = trained.forEvaluation(spec, kernels);
            this.batches = new Batches(kernels, network.input());
        }

        SoftmaxLoss loss(ImageDataset images, int part) {
            SoftmaxLoss loss = network.loss();
            int count = samples(images, part);
            loss.compute(logits(images, part), batches.labels(), count, 1);
            lossSum += loss.lossSum();
            samples += count;
            return loss;
        }

        double meanLoss() {
            return lossSum / samples;
        }

        float[] logits(ImageDataset images, int part) {
            int from = part * Layer.MOST_SAMPLES;
            int count = samples(images, part);
            batches.load(images, from, from + count);
            return network.forward(batches.pixels(), count, null);
        }

        private void startPass() {
            lossSum = 0;
            samples = 0;
        }

        private static int samples(ImageDataset images, int part) {
            return Math.min(Layer.MOST_SAMPLES, images.size() - part * Layer.MOST_SAMPLES);
        }
    }
}
