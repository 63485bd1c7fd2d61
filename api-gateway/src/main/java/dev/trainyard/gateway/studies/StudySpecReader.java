package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.search.Direction;
import dev.trainyard.search.Order;
import dev.trainyard.search.Pruner;
import dev.trainyard.search.Pruners;
import dev.trainyard.search.Samplers;
import dev.trainyard.search.SearchSpace;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the request of a study. */
final class StudySpecReader {
    private static final int MAX_NAME_LENGTH = 100;
    private static final int MAX_ENQUEUED = 1_000;
    private static final int MAX_WARM_START_STUDIES = 10;

    private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private final List<Violation> violations;

    private StudySpecReader(List<Violation> violations) {
        this.violations = violations;
    }

    /** A request; its limits are stored apart, because they may be raised. */
    record Request(StudySpec spec, StudyLimits limits) {}

    /** Returns empty if there are violations. */
    static Optional<Request> read(JsonNode json, List<Violation> violations) {
        Request request = new StudySpecReader(violations).request(json);
        return violations.isEmpty() ? Optional.ofNullable(request) : Optional.empty();
    }

    private @Nullable Request request(JsonNode json) {
        JsonFieldReader fields = JsonFieldReader.of(json, "", violations);
        if (!violations.isEmpty()) {
            return null;
        }
        String name = name(fields);
        ObjectNode base = base(fields);
        Order order = fields.oneOf("order", Order.class, Order.ARRIVAL);
        JsonFieldReader objective = fields.object("objective");
        ObjectiveMetric metric = objective.oneOf("metric", ObjectiveMetric.class, ObjectiveMetric.VALIDATION_ACCURACY);
        Direction direction = objective.oneOf("direction", Direction.class, metric.natural());
        objective.rejectUnread();
        Samplers.Choice sampler = Samplers.read(fields.object("sampler"));
        int epochs = base.at("/train_args/epochs").asInt(0);
        Pruner pruner = Pruners.read(fields.object("pruner"), order, Math.max(1, epochs));
        base.withObject("/train_args").put("epochs", pruner.maxEpochs());
        StudyLimits limits = StudyLimits.read(fields.object("limits"));
        Optional<SearchSpace> space = space(fields, base);
        List<SortedMap<String, JsonNode>> enqueue = enqueue(fields, space, sampler);
        List<UUID> warm = warmStart(fields);
        Publishing publish = fields.oneOf("publish", Publishing.class, Publishing.NONE);
        fields.rejectUnread();
        space.ifPresent(found -> sampler.sampler().check(found, "/space", violations));
        if (name == null || space.isEmpty() || !violations.isEmpty()) {
            return null;
        }
        base.put("save_weights", publish == Publishing.BEST);
        return new Request(
                new StudySpec(
                        name, base, metric, direction, space.get(), sampler, pruner, order, enqueue, warm, publish),
                limits);
    }

    private static @Nullable String name(JsonFieldReader fields) {
        JsonNode node = fields.node("name");
        String name = node.asText();
        if (!node.isTextual() || name.isBlank() || name.length() > MAX_NAME_LENGTH || name.indexOf(0) >= 0) {
            fields.reject("name", "must be a text of 1 to %d characters".formatted(MAX_NAME_LENGTH));
            return null;
        }
        return name;
    }

    /** The fields of a job that a study has none of, or decides itself. */
    private ObjectNode base(JsonFieldReader fields) {
        JsonNode node = fields.node("base");
        if (!node.isObject()) {
            fields.reject("base", "must be a training configuration, as POST /api/v1/train takes it");
            return JsonNodeFactory.instance.objectNode();
        }
        ObjectNode base = node.deepCopy();
        for (String name : List.of("callback_url", "after")) {
            if (base.has(name)) {
                violations.add(new Violation("/base/" + name, "is not accepted in a study; leave it out"));
            }
        }
        for (String name : List.of("train_args", "network_args")) {
            if (base.has(name) && !base.get(name).isObject()) {
                violations.add(new Violation("/base/" + name, "must be an object"));
                base.remove(name);
            }
        }
        return base;
    }

    private Optional<SearchSpace> space(JsonFieldReader fields, ObjectNode base) {
        JsonNode node = fields.node("space");
        int before = violations.size();
        node.fieldNames().forEachRemaining(this::requireVariable);
        return violations.size() > before ? Optional.empty() : SearchSpace.read(node, base, "/space", violations);
    }

    /** What decides over the comparison of trials, or does not belong to the training, cannot be varied. */
    private void requireVariable(String pointer) {
        boolean fixed = Set.of("/train_args/epochs", "/train_args/schedule_epochs", "/train_args/validation_split")
                .contains(pointer);
        boolean accepted = pointer.equals("/network")
                || pointer.equals("/engine")
                || pointer.matches("/(network_args|train_args)/[^/]+");
        if (fixed || !accepted) {
            violations.add(
                    new Violation(
                            "/space/" + pointer.replace("~", "~0").replace("/", "~1"),
                            "cannot be varied; accepted are /network, /engine, /network_args/... and /train_args/... except epochs, schedule_epochs and validation_split"));
        }
    }

    private static List<UUID> warmStart(JsonFieldReader fields) {
        if (!fields.has("warm_start")) {
            return List.of();
        }
        JsonNode node = fields.node("warm_start");
        if (!node.isArray() || node.size() > MAX_WARM_START_STUDIES) {
            fields.reject(
                    "warm_start", "must be a list of at most %d ids of studies".formatted(MAX_WARM_START_STUDIES));
            return List.of();
        }
        Set<UUID> ids = new LinkedHashSet<>();
        for (int i = 0; i < node.size(); i++) {
            String text = node.get(i).asText();
            if (!text.matches(ID) || !ids.add(UUID.fromString(text))) {
                fields.reject("warm_start/" + i, "must be the id of a study that is not listed before");
            }
        }
        return List.copyOf(ids);
    }

    private List<SortedMap<String, JsonNode>> enqueue(
            JsonFieldReader fields, Optional<SearchSpace> space, Samplers.Choice sampler) {
        if (!fields.has("enqueue")) {
            return List.of();
        }
        JsonNode node = fields.node("enqueue");
        if (!node.isArray() || node.size() > MAX_ENQUEUED) {
            fields.reject("enqueue", "must be a list of at most %d configurations".formatted(MAX_ENQUEUED));
            return List.of();
        }
        Set<SortedMap<String, JsonNode>> all = new LinkedHashSet<>();
        for (int i = 0; i < node.size() && space.isPresent(); i++) {
            String place = "enqueue/" + i;
            Optional<SortedMap<String, JsonNode>> values =
                    space.get().readConfiguration(node.get(i), sampler.seed(), i, "/" + place, violations);
            if (values.isPresent() && !all.add(values.get())) {
                fields.reject(place, "equals a configuration before it; no configuration runs twice in a study");
            }
        }
        return List.copyOf(all);
    }
}
