package dev.trainyard.trainer.engine.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.trainer.engine.RejectedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.Hdf5Archive;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.modelimport.keras.exceptions.InvalidKerasConfigurationException;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Keras 2 file as DL4J imports it.
 *
 * @param network a chain of layers, as DL4J has them
 * @param input extents of one image as the network takes it, such as {@code [28,28,1]}
 */
record KerasFile(NeuralNetwork network, long[] input) {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final String ONNX_INSTEAD = "export it as ONNX (tf2onnx) and import that";

    static KerasFile read(byte[] h5) throws RejectedModelException {
        if (h5.length < SIGNATURE.length || !Arrays.equals(h5, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
            throw new RejectedModelException(
                    "The file is no HDF5, which Keras 2 writes with model.save(\"weights.h5\"); nothing else is read as Keras.");
        }
        try {
            Path file = Files.createTempFile("import", ".h5"); // the native library takes a path
            try {
                Files.write(file, h5);
                return read(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the file could not be handed to the HDF5 library", e);
        }
    }

    private static KerasFile read(Path file) throws IOException, RejectedModelException {
        JsonNode config = config(file.toString());
        boolean sequential = config.path("class_name").asText().equals("Sequential");
        try {
            NeuralNetwork network = sequential
                    ? KerasModelImport.importKerasSequentialModelAndWeights(file.toString(), false)
                    : KerasModelImport.importKerasModelAndWeights(file.toString(), false);
            return new KerasFile(network, input(config));
        } catch (InvalidKerasConfigurationException | UnsupportedKerasConfigurationException | RuntimeException e) {
            throw new RejectedModelException(
                    "DL4J does not read this Keras model: %s Leave that out, or %s."
                            .formatted(sentence(e), ONNX_INSTEAD),
                    e);
        }
    }

    /** The architecture, once it is known that the file has one of Keras 2. */
    private static JsonNode config(String file) throws IOException, RejectedModelException {
        try (Hdf5Archive archive = new Hdf5Archive(file)) {
            if (!archive.hasAttribute("model_config")) {
                throw new RejectedModelException(
                        "The file has no model_config, so it holds weights alone; save the whole model with model.save(\"weights.h5\").");
            }
            String version = archive.hasAttribute("keras_version")
                    ? archive.readAttributeAsString("keras_version")
                    : "1, or nothing that is said";
            if (!version.startsWith("2.")) {
                throw new RejectedModelException(
                        "The file is of Keras %s; save it with Keras 2 (TensorFlow up to 2.15, or tf_keras), or %s."
                                .formatted(version, ONNX_INSTEAD));
            }
            return new ObjectMapper()
                    .readTree(archive.readAttributeAsJson("model_config").getBytes(StandardCharsets.UTF_8));
        } catch (UnsupportedKerasConfigurationException | RuntimeException e) {
            throw new RejectedModelException("The file is damaged: %s Save it again.".formatted(sentence(e)), e);
        }
    }

    private static long[] input(JsonNode config) throws RejectedModelException {
        JsonNode layers = config.at("/config/layers");
        for (JsonNode layer : layers) {
            JsonNode shape = layer.at("/config/batch_input_shape");
            if (shape.isArray() && shape.size() > 1) {
                return StreamSupport.stream(shape.spliterator(), false)
                        .skip(1)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
            }
        }
        throw new RejectedModelException(
                "The model does not say what shape it takes; give its first layer an input_shape, such as (28, 28, 1).");
    }

    /** The layers in their order. */
    Layer[] layers() throws RejectedModelException {
        if (network instanceof MultiLayerNetwork chain) {
            return chain.getLayers();
        }
        ComputationGraph graph = (ComputationGraph) network;
        boolean isChain = graph.getNumInputArrays() == 1
                && graph.getNumOutputArrays() == 1
                && graph.getConfiguration().getVertexInputs().values().stream().allMatch(inputs -> inputs.size() == 1)
                && graph.getConfiguration().getVertexInputs().values().stream()
                                .map(inputs -> inputs.get(0))
                                .distinct()
                                .count()
                        == graph.getConfiguration().getVertexInputs().size();
        if (!isChain) {
            throw new RejectedModelException(
                    "The model's layers are no single chain from one input to one output; %s.".formatted(ONNX_INSTEAD));
        }
        return graph.getLayers();
    }

    /** What DL4J's import answers. */
    INDArray output(INDArray images) {
        return network instanceof MultiLayerNetwork chain
                ? chain.output(images, false)
                : ((ComputationGraph) network).outputSingle(false, images);
    }

    void close() {
        if (network instanceof MultiLayerNetwork chain) {
            chain.close();
        } else {
            ((ComputationGraph) network).close();
        }
    }

    /** DL4J's words, the first of them, ending as a sentence does. */
    static String sentence(Throwable e) {
        String message = String.valueOf(e.getMessage()).strip();
        int end = message.indexOf('\n');
        String line = (end < 0 ? message : message.substring(0, end)).strip();
        String cut = line.length() > 300 ? line.substring(0, 300) + "…" : line;
        return cut.endsWith(".") ? cut : cut + ".";
    }
}
