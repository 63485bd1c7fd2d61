package dev.trainyard.gateway.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelMetadataBuilder;
import dev.trainyard.artifact.ModelVariants;
import dev.trainyard.job.PromotionPolicy;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Publishes versions without training. */
public final class ModelPublisher {
    private final ModelRegistry registry;
    private final ArtifactStore artifacts;

    public ModelPublisher(ModelRegistry registry, ArtifactStore artifacts) {
        this.registry = registry;
        this.artifacts = artifacts;
    }

    /** Publishes the next version with its own file. */
    public int version(String model, double accuracy, PromotionPolicy promote) {
        byte[] bytes = (model + accuracy + promote + System.nanoTime()).getBytes();
        try {
            return version(
                    model, accuracy, promote, artifacts.write("test/" + System.nanoTime() + "/model.onnx", bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int version(String model, double accuracy, PromotionPolicy promote, ArtifactRef onnx) {
        return registry.publish("default", metadata(model, accuracy), onnx, promote);
    }

    /** Publishes the next version with an optimised variant. */
    public int withVariant(String model, ArtifactRef onnx, ArtifactRef variant) {
        ModelVariants.Trial trial = new ModelVariants.Trial("int8", variant.size(), 0.0, 1.0, 2, 2, null);
        ModelMetadata metadata = ModelMetadataBuilder.builder(metadata(model, 0.9))
                .variants(new ModelVariants(variant, 3_000, List.of(trial), null))
                .build();
        return registry.publish("default", metadata, onnx, PromotionPolicy.ALWAYS);
    }

    /** Publishes the next version with {@code mistakes}: fours that were predicted as nines, in one PNG. */
    public int withMistakes(String model, ArtifactRef onnx, int mistakes, ArtifactRef image) {
        List<List<Integer>> counts = new ArrayList<>();
        for (int label = 0; label < 10; label++) {
            Integer[] row = new Integer[10];
            Arrays.fill(row, 0);
            row[label] = label == 4 ? 100 - mistakes : 100;
            row[9] += label == 4 ? mistakes : 0;
            counts.add(List.of(row));
        }
        List<ConfusionMatrix.Example> examples = IntStream.range(0, mistakes)
                .mapToObj(i -> new ConfusionMatrix.Example(4, 9, i, 0.9f))
                .toList();
        ObjectNode json = WireJson.mapper().valueToTree(metadata(model, 0.99));
        json.set("confusion", WireJson.mapper().valueToTree(new ConfusionMatrix(counts, examples, image)));
        ModelMetadata metadata = ModelJson.parse(json.toString(), ModelMetadata.class);
        return registry.publish("default", metadata, onnx, PromotionPolicy.ALWAYS);
    }

    /** Publishes versions from 1, the first of them in production. */
    public void versions(String model, int count) {
        for (int i = 1; i <= count; i++) {
            version(model, 0.9, i == 1 ? PromotionPolicy.ALWAYS : PromotionPolicy.NEVER);
        }
    }

    /** Based on the bundled model, so that new fields do not change these tests. */
    private static ModelMetadata metadata(String model, double accuracy) {
        try (InputStream bundled = ModelPublisher.class.getResourceAsStream("/bundled/DigitModel/metadata.json")) {
            ObjectNode json = (ObjectNode) WireJson.mapper().readTree(bundled);
            json.put("model", model);
            json.remove("confusion"); // its images are files of the bundled model
            json.withObject("/metrics/test").put("accuracy", accuracy);
            return WireJson.mapper().treeToValue(json, ModelMetadata.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
