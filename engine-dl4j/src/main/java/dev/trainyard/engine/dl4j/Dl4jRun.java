package dev.trainyard.engine.dl4j;

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
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A training run with DL4J. */
final class Dl4jRun extends BatchedRun {
    private static final int EVALUATION_BATCH = 500;
    /** Lower bound of probabilities before the logarithm; float32 has no smaller values. */
    private static final double SMALLEST = 1e-38;

    private final MultiLayerNetwork network;
    private final CountingCrossEntropy answers;

    Dl4jRun(MultiLayerNetwork network, NetworkSpec spec, TrainArgs args, String identity) {
        super(spec, args, identity);
        this.network = network;
        this.answers = CountingCrossEntropy.of(network);
    }

    void restore(CheckpointFormat checkpoint) {
        INDArray state = network.getUpdater().getStateViewArray();
        long stateLength = state == null ? 0 : state.length();
        if (checkpoint.parameters().length != network.numParams() || checkpoint.updater().length != stateLength) {
            throw new IllegalArgumentException("a checkpoint of %d parameters for a network of %d"
                    .formatted(checkpoint.parameters().length, network.numParams()));
        }
        network.params().assign(row(checkpoint.parameters()));
        if (state != null) {
            state.assign(row(checkpoint.updater()).reshape(state.shape()));
        }
        network.setIterationCount(checkpoint.iterations());
        restoreProgress(checkpoint.progress());
    }

    private static INDArray row(float[] values) {
        return Nd4j.createFromArray(values).reshape(1, values.length);
    }

    int classes() {
        return spec.classes();
    }

    @Override
    public long parameters() {
        return network.numParams();
    }

    @Override
    protected BatchTrainer epoch(ImageDataset images, int[] order, long epochSeed, int epochsDone) {
        network.setEpochCount(epochsDone);
        Batches batches = new Batches(images, spec.classes(), args.batchSize());
        return (from, to, progress) -> {
            // per batch, so that a run resumed within an epoch drops the same units
            Nd4j.getRandom().setSeed(Nd4jSeeds.repeatable(Seeds.mix(epochSeed, from)));
            batches.load(order, from, to);
            network.fit(batches.features(), batches.labels());
            return progress.plus(to - from, network.score() * (to - from), answers.takeRight());
        };
    }

    @Override
    public Score evaluate(ImageDataset images, BatchListener listener) {
        double losses = 0;
        long hits = 0;
        int[] order = ImageOrder.inOrder(images.size());
        Batches batches = new Batches(images, spec.classes(), EVALUATION_BATCH);
        for (int from = 0; from < order.length; from += EVALUATION_BATCH) {
            int to = Math.min(order.length, from + EVALUATION_BATCH);
            float[][] rows = forward(batches, order, from, to);
            for (int row = 0; row < rows.length; row++) {
                int label = images.labels()[from + row];
                losses -= Math.log(Math.max(SMALLEST, rows[row][label]));
                hits += largest(rows[row]) == label ? 1 : 0;
            }
            listener.onBatch(to, losses / to);
        }
        return new Score(losses / order.length, (double) hits / order.length);
    }

    /** Index of the largest value, the first of equal ones. */
    private static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    @Override
    public float[][] probabilities(ImageDataset images) {
        int[] order = ImageOrder.inOrder(images.size());
        Batches batches = new Batches(images, spec.classes(), EVALUATION_BATCH);
        float[][] all = new float[images.size()][];
        for (int from = 0; from < order.length; from += EVALUATION_BATCH) {
            int to = Math.min(order.length, from + EVALUATION_BATCH);
            System.arraycopy(forward(batches, order, from, to), 0, all, from, to - from);
        }
        return all;
    }

    private float[][] forward(Batches batches, int[] order, int from, int to) {
        batches.load(order, from, to);
        return network.output(batches.features(), false).toFloatMatrix();
    }

    @Override
    protected byte[] checkpoint(EpochProgress at) {
        INDArray state = network.getUpdater().getStateViewArray();
        float[] updater = state == null ? new float[0] : flat(state);
        return new CheckpointFormat(identity, at, network.getIterationCount(), flat(network.params()), updater)
                .bytes(Dl4jEngine.MAGIC);
    }

    @Override
    public byte[] exportOnnx() {
        List<OnnxExporter.Weights> weights = new ArrayList<>();
        for (Layer layer : network.getLayers()) {
            if (layer.numParams() > 0) {
                INDArray kernel = layer.getParam("W");
                weights.add(new OnnxExporter.Weights(kernel.shape(), flat(kernel), flat(layer.getParam("b"))));
            }
        }
        return OnnxExporter.export(spec, weights);
    }

    @Override
    public String weightsSha256() {
        float[] parameters = flat(network.params());
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * parameters.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(parameters);
        return FileArtifactStore.sha256(bytes.array());
    }

    /** Values in row-major order, independent of the order in memory. */
    private static float[] flat(INDArray array) {
        return Nd4j.toFlattened('c', array).toFloatVector();
    }

    @Override
    public void close() {
        network.close();
    }
}
