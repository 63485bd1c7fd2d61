package dev.trainyard.trainer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.modelimport.keras.exceptions.InvalidKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cross-checks a model with DL4J's own Keras import, for models that it interprets like Keras. */
final class Dl4jCrossCheck {
    private static final Logger LOG = LoggerFactory.getLogger(Dl4jCrossCheck.class);
    private static final Set<String> LAYERS =
            Set.of("InputLayer", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dropout", "Activation");
    private static final Set<String> ACTIVATIONS = Set.of("linear", "relu", "tanh", "sigmoid", "softmax");

    private Dl4jCrossCheck() {}

    static Optional<float[][]> of(Path h5, JsonNode model, ImageDataset images) throws RejectedModelException {
        List<KerasLayer> layers = KerasLayer.chain(model);
        long[] input = KerasLayers.inputShape(layers);
        // DL4J does not support a configuration that is a bare list
        if (model.path("config").isArray() || !layers.stream().allMatch(Dl4jCrossCheck::isKnown)) {
            return Optional.empty();
        }
        try {
            NeuralNetwork network = model.path("class_name").asText().equals("Sequential")
                    ? KerasModelImport.importKerasSequentialModelAndWeights(h5.toString(), false)
                    : KerasModelImport.importKerasModelAndWeights(h5.toString(), false);
            return Optional.of(answers(network, input, images));
        } catch (InvalidKerasConfigurationException | UnsupportedKerasConfigurationException | RuntimeException e) {
            LOG.info("DL4J does not read or run the model: {}", e.toString());
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the file can no longer be read", e);
        }
    }

    private static boolean isKnown(KerasLayer layer) {
        boolean plain = !layer.type().equals("Conv2D")
                || isOne(layer.get("strides")) && isOne(layer.get("dilation_rate")) && layer.integer("groups", 1) == 1;
        // DL4J also takes the channel order from a Flatten, where it has another meaning in Keras
        boolean channelsLast = layer.text("data_format", "channels_last").equals("channels_last");
        return LAYERS.contains(layer.type())
                && plain
                && channelsLast
                && ACTIVATIONS.contains(layer.text("activation", "linear"));
    }

    private static boolean isOne(JsonNode pair) {
        return pair.path(0).asInt(1) == 1 && pair.path(1).asInt(1) == 1;
    }

    private static float[][] answers(NeuralNetwork network, long[] input, ImageDataset images) {
        float[] pixels = new float[images.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (images.pixels()[i] & 0xff) / 255f;
        }
        // one channel, so that its position in the shape does not matter
        long[] shape = LongStream.concat(LongStream.of(images.size()), LongStream.of(input))
                .toArray();
        INDArray features = Nd4j.create(pixels, shape, 'c');
        INDArray answers = network instanceof MultiLayerNetwork chain
                ? chain.output(features, false)
                : ((ComputationGraph) network).outputSingle(false, features);
        float[][] rows = answers.toFloatMatrix();
        if (rows.length != images.size()) {
            throw new IllegalStateException(
                    "DL4J returned %d results for %d images".formatted(rows.length, images.size()));
        }
        return rows;
    }
}
