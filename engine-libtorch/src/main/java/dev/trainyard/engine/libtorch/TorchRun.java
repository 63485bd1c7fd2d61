package dev.trainyard.engine.libtorch;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.BatchedRun;
import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.EpochProgress;
import dev.trainyard.engine.ImageOrder;
import dev.trainyard.engine.Seeds;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.jspecify.annotations.Nullable;

/** A training run of libtorch. Tensors of a batch are freed with its {@link PointerScope}. */
final class TorchRun extends BatchedRun {
    /** Images in one pass of the network; larger batches are summed up in parts, which bounds the memory. */
    private static final int MOST_SAMPLES = 512;

    private final TorchDevice device;
    private final TorchNetwork network;
    private final TorchOptimizer optimizer;
    private final Batches batches;

    private TorchRun(NetworkSpec spec, TrainArgs args, TorchDevice device, String identity) {
        super(spec, args, identity);
        this.device = device;
        this.network = new TorchNetwork(spec, device);
        this.optimizer = new TorchOptimizer(network, args, device);
        this.batches = new Batches(spec.input(), device);
    }

    static TorchRun start(NetworkSpec spec, TrainArgs args, TorchDevice device, String identity) {
        TorchRun run = new TorchRun(spec, args, device, identity);
        run.network.initialize(args.seed());
        return run;
    }

    static TorchRun resume(NetworkSpec spec, TrainArgs args, TorchDevice device, CheckpointFormat checkpoint) {
        TorchRun run = new TorchRun(spec, args, device, checkpoint.identity());
        try {
            run.restore(checkpoint);
            return run;
        } catch (IllegalArgumentException e) {
            run.close();
            throw e;
        }
    }

    private void restore(CheckpointFormat checkpoint) {
        if (checkpoint.parameters().length != parameters()) {
            throw new IllegalArgumentException("a checkpoint of %d parameters for a network of %d"
                    .formatted(checkpoint.parameters().length, parameters()));
        }
        network.write(checkpoint.parameters());
        optimizer.restore(checkpoint.iterations(), checkpoint.updater());
        restoreProgress(checkpoint.progress());
    }

    @Override
    public long parameters() {
        return network.values().numel();
    }

    @Override
    protected BatchTrainer epoch(ImageDataset images, int[] order, long epochSeed, int epochsDone) {
        batches.require(images);
        return (from, to, progress) -> {
            // per batch, so that a run resumed within an epoch drops the same units
            SplittableRandom random = new SplittableRandom(Seeds.mix(epochSeed, from));
            return trainBatch(images, order, from, to, random, progress);
        };
    }

    /** Adds up the gradients of the batch's parts in order, then takes one step. */
    private EpochProgress trainBatch(
            ImageDataset images, int[] order, int from, int to, SplittableRandom random, EpochProgress before) {
        EpochProgress progress = before;
        try (PointerScope scope = new PointerScope()) {
            network.gradients().zero_();
            for (int part = from; part < to; part += MOST_SAMPLES) {
                int end = Math.min(to, part + MOST_SAMPLES);
                CrossEntropy loss = loss(images, order, part, end, random);
                loss.backward(to - from, device);
                progress = progress.plus(end - part, loss.lossSum(), loss.right());
            }
            withoutGradients(() -> optimizer.step(before.epochsDone()));
        }
        return progress;
    }

    private CrossEntropy loss(ImageDataset images, int[] order, int from, int to, @Nullable SplittableRandom dropout) {
        int[] labels = new int[to - from];
        for (int row = 0; row < labels.length; row++) {
            labels[row] = images.labels()[order[from + row]];
        }
        return CrossEntropy.of(network.forward(batches.load(images, order, from, to), dropout), labels, spec.classes());
    }

    private static void withoutGradients(Runnable work) {
        GradMode.set_enabled(false);
        try {
            work.run();
        } finally {
            GradMode.set_enabled(true);
        }
    }

    @Override
    public Score evaluate(ImageDataset images, BatchListener listener) {
        double[] losses = {0};
        long[] right = {0};
        forEachPart(images, (to, loss) -> {
            losses[0] += loss.lossSum();
            right[0] += loss.right();
            listener.onBatch(to, losses[0] / to);
        });
        return new Score(losses[0] / images.size(), (double) right[0] / images.size());
    }

    @Override
    public float[][] probabilities(ImageDataset images) {
        float[][] all = new float[images.size()][];
        forEachPart(images, (to, loss) -> {
            int from = to - loss.labels().length;
            for (int row = from; row < to; row++) {
                all[row] = loss.probabilities(row - from);
            }
        });
        return all;
    }

    /** Calls {@code part} with the end of each part of the images and its loss. */
    private void forEachPart(ImageDataset images, BiConsumer<Integer, CrossEntropy> part) {
        batches.require(images);
        int[] order = ImageOrder.inOrder(images.size());
        for (int from = 0; from < order.length; from += MOST_SAMPLES) {
            int first = from;
            int to = Math.min(order.length, from + MOST_SAMPLES);
            try (PointerScope scope = new PointerScope()) {
                withoutGradients(() -> part.accept(to, loss(images, order, first, to, null)));
            }
        }
    }

    @Override
    protected byte[] checkpoint(EpochProgress at) {
        return new CheckpointFormat(identity, at, optimizer.steps(), network.read(), optimizer.values())
                .bytes(LibtorchEngine.MAGIC);
    }

    @Override
    public byte[] exportOnnx() {
        return OnnxExporter.export(spec, network.weights());
    }

    @Override
    public String weightsSha256() {
        float[] values = network.read();
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return FileArtifactStore.sha256(bytes.array());
    }

    @Override
    public void close() {
        optimizer.close();
        network.close();
    }
}
