package dev.trainyard.trainer.engine.dl4j;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.engine.RejectedModelException;
import dev.trainyard.trainer.engine.TrainedModel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Makes a network of ours of a Keras file, with its weights, and checks that it answers as DL4J's import does. */
final class KerasModel {
    private static final int CHECKED = 64;
    private static final double TOLERANCE = 1e-5;
    /** Nothing is trained with them. */
    private static final TrainArgs ARGS = new TrainArgs(1, 1, 0.001, Optimizer.SGD, 1, 0);

    private KerasModel() {}

    static TrainedModel read(byte[] h5, ImageDataset images, int classes) throws RejectedModelException {
        ImageShape shape = new ImageShape(images.depth(), images.height(), images.width());
        KerasFile file = KerasFile.read(h5);
        try {
            requireTakes(file.input(), shape);
            KerasLayers.Translated translated = KerasLayers.translate(file.layers(), shape, classes);
            MultiLayerNetwork network = Dl4jEngine.network(translated.spec(), ARGS);
            assign(network, translated.parameters());
            Dl4jRun model = new Dl4jRun(network, translated.spec(), ARGS, "imported");
            try {
                requireSame(file, translated.endsWithLogits(), model, images);
                return model;
            } catch (RejectedModelException | RuntimeException e) {
                model.close();
                throw e;
            }
        } finally {
            file.close();
        }
    }

    private static void requireTakes(long[] input, ImageShape shape) throws RejectedModelException {
        List<long[]> possible = List.of(
                new long[] {shape.height(), shape.width(), shape.channels()},
                new long[] {shape.channels(), shape.height(), shape.width()},
                new long[] {shape.height(), shape.width()},
                new long[] {(long) shape.height() * shape.width()});
        if (possible.stream().noneMatch(form -> Arrays.equals(form, input))) {
            throw new RejectedModelException("The model takes images of shape %s; wanted is (%d, %d, %d)."
                    .formatted(Arrays.toString(input), shape.height(), shape.width(), shape.channels()));
        }
    }

    private static void assign(MultiLayerNetwork network, List<INDArray[]> parameters) {
        int next = 0;
        for (Layer layer : network.getLayers()) {
            if (layer.numParams() > 0) {
                INDArray[] given = parameters.get(next++);
                layer.getParam("W").assign(given[0]);
                layer.getParam("b").assign(given[1].reshape(layer.getParam("b").shape()));
            }
        }
    }

    private static void requireSame(KerasFile file, boolean logits, Dl4jRun model, ImageDataset images)
            throws RejectedModelException {
        int count = Math.min(CHECKED, images.size());
        int[] some = Batches.inOrder(count);
        Batches batches = new Batches(images, model.classes(), count);
        batches.load(some, 0, count);
        // one channel, so that its place among the extents does not matter
        long[] shape = LongStream.concat(LongStream.of(count), Arrays.stream(file.input()))
                .toArray();
        INDArray answers = file.output(batches.features().dup('c').reshape('c', shape));
        float[][] expected = (logits ? Transforms.softmax(answers) : answers).toFloatMatrix();
        float[][] actual = model.probabilities(images.select(some));
        double largest = 0;
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < actual[row].length; i++) {
                double difference = Math.abs(expected[row][i] - actual[row][i]);
                largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            }
        }
        if (!(largest <= TOLERANCE)) {
            throw new RejectedModelException(
                    "The model, taken over layer by layer, answers otherwise than DL4J's import of it, by up to %s; export it as ONNX (tf2onnx) and import that."
                            .formatted(largest));
        }
    }
}
