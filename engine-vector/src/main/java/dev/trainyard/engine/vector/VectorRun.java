package dev.trainyard.engine.vector;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.BatchedRun;
import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.EpochProgress;
import dev.trainyard.engine.SharedWork;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSize;
import dev.trainyard.network.NetworkSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A training run of the vector engine. */
final class VectorRun extends BatchedRun {
    private final DataParallel batches;
    private final Replica first;
    private final VectorNetwork network;
    private final OptimizerState optimizer;
    private final Evaluation evaluation;

    private VectorRun(
            NetworkSpec spec, TrainArgs args, DataParallel batches, Supplier<Kernels> kernels, String identity) {
        super(spec, args, identity);
        this.batches = batches;
        this.first = batches.first();
        this.network = first.network();
        this.optimizer = new OptimizerState(kernels.get(), network.parameters(), args);
        this.evaluation = new Evaluation(network, spec, kernels, SharedWork.threads());
    }

    /** More threads than a batch has parts are not used. */
    static VectorRun create(NetworkSpec spec, TrainArgs args, Supplier<Kernels> kernels, int threads, String identity) {
        Kernels firstKernels = kernels.get();
        VectorNetwork network = new VectorNetwork(spec, firstKernels);
        List<Replica> replicas = new ArrayList<>(List.of(new Replica(network, firstKernels)));
        int parts = (args.batchSize() + Layer.MOST_SAMPLES - 1) / Layer.MOST_SAMPLES;
        while (replicas.size() < Math.min(threads, parts)) {
            Kernels own = kernels.get();
            replicas.add(new Replica(network.replica(spec, own), own));
        }
        DataParallel batches = new DataParallel(replicas, args.batchSize(), firstKernels);
        return new VectorRun(spec, args, batches, kernels, identity);
    }

    /** Draws new weights. */
    void initialize() {
        network.initialize(args.seed());
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
        restoreProgress(checkpoint.progress());
    }

    @Override
    public long parameters() {
        return NetworkSize.of(spec).parameters();
    }

    @Override
    protected BatchTrainer epoch(ImageDataset images, int[] order, long epochSeed, int epochsDone) {
        first.require(images);
        return (from, to, progress) -> {
            EpochProgress after = batches.train(images, order, from, to, epochSeed, progress);
            optimizer.step(epochsDone, batches.gradients());
            return after;
        };
    }

    @Override
    public Score evaluate(ImageDataset images, BatchListener listener) {
        first.require(images);
        return evaluation.score(images, listener);
    }

    @Override
    public float[][] probabilities(ImageDataset images) {
        first.require(images);
        return evaluation.probabilities(images);
    }

    @Override
    protected byte[] checkpoint(EpochProgress at) {
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
        batches.close();
    }
}
