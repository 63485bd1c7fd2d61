package dev.trainyard.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.Networks;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Parses a client's JSON into a {@link TrainingConfig}, or a list of all violations. */
public final class TrainingConfigReader {
    public static final String MNIST = "MnistDataset";
    public static final String DIGIT_MODEL = "DigitModel";
    /** Shape of MNIST's images and of the digit model's input. */
    public static final ImageShape MNIST_IMAGE = new ImageShape(1, 28, 28);

    public static final int MNIST_CLASSES = 10;
    /** Most characters of a callback's URL. */
    public static final int MAX_CALLBACK_URL = 2_000;

    /** Most jobs that a job can wait for. */
    public static final int MOST_DEPENDENCIES = 100;

    private static final List<Integer> MNIST_SIZE =
            List.of(MNIST_IMAGE.height(), MNIST_IMAGE.width(), MNIST_IMAGE.channels());

    /** Either a valid configuration or its violations. */
    public sealed interface Outcome {}

    /**
     * The configuration, and what is not part of it because it does not affect the training.
     *
     * @param callbackUrl URL called when the job ends; null for none
     * @param priority 0 to 100, higher first
     * @param after keys of the jobs that must have succeeded before it starts
     * @param pool of trainers that may run it
     */
    public record Valid(
            TrainingConfig config, @Nullable String callbackUrl, int priority, List<UUID> after, String pool)
            implements Outcome {}

    public record Invalid(List<Violation> violations) implements Outcome {}

    private TrainingConfigReader() {}

    public static Outcome read(JsonNode json) {
        List<Violation> violations = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(json, "", violations);
        if (!violations.isEmpty()) {
            return new Invalid(violations);
        }
        String dataset = fields.choice("dataset", List.of(MNIST), null);
        DatasetArgs datasetArgs = datasetArgs(fields.object("dataset_args"));
        String model = fields.choice("model", List.of(DIGIT_MODEL), null);
        String network = fields.choice("network", Networks.names(), null);
        ObjectNode networkArgs = networkArgs(network, fields);
        TrainArgs trainArgs = trainArgs(fields);
        boolean saveWeights = fields.bool("save_weights", true);
        PromotionPolicy promote = fields.oneOf("promote", PromotionPolicy.class, PromotionPolicy.AUTO);
        @Nullable String engine = fields.choice("engine", EngineChoice.ALL, EngineChoice.AUTO);
        String callbackUrl = callbackUrl(fields);
        int priority = JobPriority.read(fields);
        List<UUID> after = fields.has("after") ? JobKeyList.read(fields, "after", 0, MOST_DEPENDENCIES) : List.of();
        String pool = Pools.read(fields);
        fields.rejectUnread();
        if (!violations.isEmpty() || dataset == null || model == null || network == null || trainArgs == null) {
            return new Invalid(List.copyOf(violations));
        }
        return new Valid(
                new TrainingConfig(dataset, datasetArgs, model, network, networkArgs, trainArgs, saveWeights, promote)
                        .withEngine(EngineChoice.AUTO.equals(engine) ? null : engine),
                callbackUrl,
                priority,
                after,
                pool);
    }

    /** Returns the configuration of a digit model's import. */
    public static TrainingConfig importing(String model, ImportSource source) {
        return TrainingConfig.importing(MNIST, new DatasetArgs(MNIST_SIZE), model, source);
    }

    private static @Nullable String callbackUrl(JsonFieldReader fields) {
        if (!fields.has("callback_url")) {
            return null;
        }
        JsonNode node = fields.node("callback_url");
        try {
            URI url = new URI(node.asText());
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (node.isTextual()
                    && web
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getPort() != 0
                    && url.getPort() <= 65_535
                    && node.asText().length() <= MAX_CALLBACK_URL) {
                return node.asText();
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        fields.reject(
                "callback_url",
                "must be an http or https URL with a host and without a user, at most %d characters; receivers verify the signature"
                        .formatted(MAX_CALLBACK_URL));
        return null;
    }

    private static DatasetArgs datasetArgs(JsonFieldReader args) {
        if (args.has("image_size")) {
            JsonNode node = args.node("image_size");
            boolean fits = node.isArray()
                    && (node.size() == 2 || node.size() == 3)
                    && IntStream.range(0, node.size())
                            .allMatch(i -> node.get(i).isInt() && node.get(i).intValue() == MNIST_SIZE.get(i));
            if (!fits) {
                args.reject("image_size", "must be [28,28] or [28,28,1], the size of the images of " + MNIST);
            }
        }
        args.rejectUnread();
        return new DatasetArgs(MNIST_SIZE);
    }

    /** The arguments of an unknown network cannot be validated; the network itself was already reported. */
    private static ObjectNode networkArgs(@Nullable String network, JsonFieldReader fields) {
        JsonFieldReader args = fields.object("network_args");
        if (network != null) {
            Networks.find(network).orElseThrow().spec(args, MNIST_IMAGE, MNIST_CLASSES);
            rejectArgumentsOfOthers(network, args);
            args.rejectUnread();
        }
        JsonNode node = fields.node("network_args");
        return node.isObject() ? (ObjectNode) node : JsonNodeFactory.instance.objectNode();
    }

    private static void rejectArgumentsOfOthers(String network, JsonFieldReader args) {
        for (String name : args.unread()) {
            String owners = Networks.names().stream()
                    .filter(other -> takes(other, name))
                    .collect(Collectors.joining(" and "));
            if (!owners.isEmpty()) {
                args.reject(name, "is an argument of %s, not of %s; leave it out".formatted(owners, network));
            }
        }
    }

    /** Returns true if {@code network} has an argument of that name, whatever its value. */
    private static boolean takes(String network, String name) {
        JsonFieldReader probe =
                JsonFieldReader.of(JsonNodeFactory.instance.objectNode().putNull(name), "", new ArrayList<>());
        Networks.find(network).orElseThrow().spec(probe, MNIST_IMAGE, MNIST_CLASSES);
        return probe.unread().isEmpty();
    }

    private static @Nullable TrainArgs trainArgs(JsonFieldReader fields) {
        if (!fields.has("train_args")) {
            fields.reject("train_args", "is required; write an object such as {\"batch_size\":32,\"epochs\":10}");
            return null;
        }
        return TrainArgs.read(fields.object("train_args"));
    }
}
