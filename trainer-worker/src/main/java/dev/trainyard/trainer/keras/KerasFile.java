package dev.trainyard.trainer.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.modelimport.keras.Hdf5Archive;
import org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The HDF5 file of a Keras 2 model: its architecture as JSON, and its weights. */
final class KerasFile implements AutoCloseable {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final String WEIGHTS = "model_weights";
    /** Depth of groups within a layer's group. */
    private static final int DEEPEST = 8;

    private static final int LONGEST = 200;

    private final Hdf5Archive archive;
    private final JsonNode config;
    private final String version;

    private KerasFile(Hdf5Archive archive, JsonNode config, String version) {
        this.archive = archive;
        this.config = config;
        this.version = version;
    }

    static KerasFile open(Path h5) throws RejectedModelException {
        requireSignature(h5);
        Hdf5Archive archive = null;
        try {
            archive = new Hdf5Archive(h5.toString());
            return read(archive);
        } catch (RejectedModelException e) {
            close(archive);
            throw e;
        } catch (UnsupportedKerasConfigurationException | JsonProcessingException | RuntimeException e) {
            close(archive);
            throw damaged(e);
        }
    }

    private static void requireSignature(Path h5) throws RejectedModelException {
        try (InputStream in = Files.newInputStream(h5)) {
            if (!Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE)) {
                throw new RejectedModelException(
                        "The file is not HDF5, which Keras 2 writes with model.save(\"weights.h5\"); nothing else is read as Keras.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the file cannot be read", e);
        }
    }

    private static KerasFile read(Hdf5Archive archive)
            throws RejectedModelException, UnsupportedKerasConfigurationException, JsonProcessingException {
        if (!archive.hasAttribute("model_config")) {
            throw new RejectedModelException(
                    "The file has no model_config, so it contains only weights; save the whole model with model.save(\"weights.h5\").");
        }
        String version = archive.hasAttribute("keras_version")
                ? archive.readAttributeAsString("keras_version")
                : "1, or an unknown version";
        if (!version.startsWith("2.")) {
            throw new RejectedModelException(
                    "The file is of Keras %s; save it with Keras 2 (TensorFlow up to 2.15, or tf_keras), or %s."
                            .formatted(version, KerasLayers.ONNX_INSTEAD));
        }
        JsonNode config = new ObjectMapper().readTree(archive.readAttributeAsJson("model_config"));
        return new KerasFile(archive, config, version);
    }

    String version() {
        return version;
    }

    /** {@code class_name} and {@code config} of the model. */
    JsonNode config() {
        return config;
    }

    /** The weights of a layer by the last part of their names, such as {@code kernel}. */
    Map<String, INDArray> weights(String layer) throws RejectedModelException {
        Map<String, INDArray> weights = new HashMap<>();
        try {
            collect(List.of(WEIGHTS, layer), weights);
        } catch (UnsupportedKerasConfigurationException | RuntimeException e) {
            throw damaged(e);
        }
        return weights;
    }

    private void collect(List<String> groups, Map<String, INDArray> weights)
            throws UnsupportedKerasConfigurationException {
        String[] path = groups.toArray(String[]::new);
        for (String name : archive.getDataSets(path)) {
            int index = name.indexOf(':');
            weights.put(index < 0 ? name : name.substring(0, index), archive.readDataSet(name, path));
        }
        if (groups.size() < DEEPEST) {
            for (String group : archive.getGroups(path)) {
                List<String> inner = new ArrayList<>(groups);
                inner.add(group);
                collect(inner, weights);
            }
        }
    }

    /** Includes the library's message, but not its support links. */
    private static RejectedModelException damaged(Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String said = Stream.of(message.split("(?<=\\.) "))
                .filter(sentence -> !sentence.matches("(?i).*(http|issue|please).*"))
                .collect(Collectors.joining(" "))
                .strip();
        return new RejectedModelException(
                "The HDF5 file cannot be read (%s). Save the model again, or %s."
                        .formatted(said.substring(0, Math.min(LONGEST, said.length())), KerasLayers.ONNX_INSTEAD),
                e);
    }

    private static void close(@Nullable Hdf5Archive archive) {
        if (archive != null) {
            archive.close();
        }
    }

    @Override
    public void close() {
        archive.close();
    }
}
