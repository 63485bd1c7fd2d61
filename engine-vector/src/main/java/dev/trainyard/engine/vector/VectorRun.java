package dev.trainyard.engine.vector;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.EpochProgress;
import dev.trainyard.engine.ImageOrder;
import dev.trainyard.engine.Seeds;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSize;
import dev.trainyard.network.NetworkSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A training run of the vector engine. */
final class VectorRun implements EngineRun {
    /** Images between two calls of an evaluation's listener. */
    private static final int EVALUATION_BATCH = 512;

    private final VectorNetwork network;
    private final NetworkSpec spec;
    private final TrainArgs args;
    private final String identity;
    private final OptimizerState optimizer;
    private final Batches batches;
    private EpochProgress progress = EpochProgress.START;
    /** End of the last epoch that this run trained; null before. */
    private @Nullable EpochProgress epochEnd;

    VectorRun(VectorNetwork network, NetworkSpec spec, TrainArgs args, Kernels kernels, String identity) {
        this.network = network;
        this.spec = spec;
        this.args = args;
        this.identity = identity;
        this.optimizer = new OptimizerState(kernels, network.parameters(), args);
        this.batches = new Batches(network.input());
    }

    void restore(CheckpointFormat checkpoint) {
        float[] values = network.parameters().values();
        if (checkpoint.parameters().length != values.length
                || checkpoint.updater().length != optimizer.values().length) {
            throw new IllegalArgumentException("a checkpoint of %d parameters for a network of %d"
                    .formatted(checkpoint.parameters().length, values.length));
        }
        System.arraycopy(checkpoint.parameters(), 0, values, 0, values.length);
        optimizer.restore(checkpoint.iterations(), checkpoint.updater());
        progress = checkpoint.progress();
    }

    @Override
    public int epochsDone() {
        return progress.epochsDone();
    }

    @Override
    public long parameters() {
        return NetworkSize.of(spec).parameters();
    }

    @Override
    public Score trainEpoch(ImageDataset images, BatchListener listener) {
        batches.require(images);
        long epochSeed = Seeds.mix(args.seed(), progress.epochsDone());
        int[] order = ImageOrder.shuffled(images.size(), epochSeed);
        for (int from = progress.samplesDone(); from < order.length; from += args.batchSize()) {
            int to = Math.min(order.length, from + args.batchSize());
            // per batch, so that a run resumed within an epoch drops the same units
            trainBatch(images, order, from, to, new SplittableRandom(Seeds.mix(epochSeed, from)));
            listener.onBatch(to, progress.meanLoss());
        }
        epochEnd = progress;
        progress = progress.nextEpoch();
        return epochEnd.score();
    }

    /** Adds up the gradients of the batch's parts in order, then takes one step. */
    private void trainBatch(ImageDataset images, int[] order, int from, int to, SplittableRandom random) {
        Arrays.fill(network.parameters().gradients(), 0);
        for (int part = from; part < to; part += Layer.MOST_SAMPLES) {
            int end = Math.min(to, part + Layer.MOST_SAMPLES);
            batches.load(images, order, part, end);
            float[] logits = network.forward(batches.pixels(), end - part, random);
            SoftmaxLoss loss = network.loss();
            loss.compute(logits, batches.labels(), end - part, to - from);
            progress = progress.plus(end - part, loss.lossSum(), loss.right());
            network.backward(batches.pixels(), end - part);
        }
        optimizer.step(progress.epochsDone());
    }

    @Override
    public Score evaluate(ImageDataset images, BatchListener listener) {
        batches.require(images);
        double losses = 0;
        long hits = 0;
        int[] order = ImageOrder.inOrder(images.size());
        for (int from = 0; from < order.length; from += Layer.MOST_SAMPLES) {
            int to = Math.min(order.length, from + Layer.MOST_SAMPLES);
            batches.load(images, order, from, to);
            float[] logits = network.forward(batches.pixels(), to - from, null);
            SoftmaxLoss loss = network.loss();
            loss.compute(logits, batches.labels(), to - from, 1);
            losses += loss.lossSum();
            hits += loss.right();
            if (to % EVALUATION_BATCH == 0 || to == order.length) {
                listener.onBatch(to, losses / to);
            }
        }
        return new Score(losses / order.length, (double) hits / order.length);
    }

    @Override
    public float[][] probabilities(ImageDataset images) {
        batches.require(images);
        int[] order = ImageOrder.inOrder(images.size());
        float[][] all = new float[images.size()][];
        for (int from = 0; from < order.length; from += Layer.MOST_SAMPLES) {
            int to = Math.min(order.length, from + Layer.MOST_SAMPLES);
            batches.load(images, order, from, to);
            float[] logits = network.forward(batches.pixels(), to - from, null);
            for (int row = from; row < to; row++) {
                all[row] = network.loss().probabilities(logits, row - from);
            }
        }
        return all;
    }

    @Override
    public byte[] checkpoint() {
        return checkpoint(progress);
    }

    @Override
    public byte[] checkpointBeforeEpochEnd() {
        if (epochEnd == null) {
            throw new IllegalStateException("this run has not ended an epoch yet");
        }
        return checkpoint(epochEnd);
    }

    private byte[] checkpoint(EpochProgress at) {
        float[] values = network.parameters().values();
        return new CheckpointFormat(identity, at, optimizer.steps(), values, optimizer.values())
                .bytes(VectorEngine.MAGIC);
    }

    @Override
    public byte[] exportOnnx() {
        return OnnxExporter.export(spec, network.weights());
    }

    @Override
    public String weightsSha256() {
        ByteBuffer bytes =
                ByteBuffer.allocate((int) (Float.BYTES * parameters())).order(ByteOrder.LITTLE_ENDIAN);
        for (OnnxExporter.Weights layer : network.weights()) {
            bytes.asFloatBuffer().put(layer.kernel()).put(layer.bias());
            bytes.position(bytes.position() + Float.BYTES * (layer.kernel().length + layer.bias().length));
        }
        return FileArtifactStore.sha256(bytes.array());
    }

    @Override
    public void close() {
        // the memory is on the heap
    }
}
