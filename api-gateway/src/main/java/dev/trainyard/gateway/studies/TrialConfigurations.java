package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.search.NumericParameter;
import dev.trainyard.search.Parameter;
import dev.trainyard.search.SearchSpace;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Puts the values of trials into the base configuration, and checks the result as that of a job. */
final class TrialConfigurations {
    private final StudySpec spec;

    TrialConfigurations(StudySpec spec) {
        this.spec = spec;
    }

    TrainingConfigReader.Outcome of(Map<String, JsonNode> values) {
        return TrainingConfigReader.read(json(values));
    }

    /** Parameters that are not used are left out, even if the base configuration has them. */
    ObjectNode json(Map<String, JsonNode> values) {
        ObjectNode config = spec.base().deepCopy();
        for (String pointer : spec.space().parameters().keySet()) {
            set(config, JsonPointer.compile(pointer), Optional.ofNullable(values.get(pointer)));
        }
        return config;
    }

    private static void set(ObjectNode config, JsonPointer pointer, Optional<JsonNode> value) {
        JsonPointer head = pointer.head();
        String name = pointer.last().getMatchingProperty();
        if (value.isPresent()) {
            (head.matches() ? config : config.withObject(head)).set(name, value.get());
        } else if (config.at(head) instanceof ObjectNode parent) {
            parent.remove(name);
        }
    }

    /** Returns the errors of the configurations with each lowest, highest and categorical value of each parameter. */
    List<Violation> violations() {
        Set<Violation> found = new LinkedHashSet<>();
        for (Map.Entry<String, Parameter> entry : spec.space().parameters().entrySet()) {
            List<JsonNode> extremes = entry.getValue().extremes();
            for (int i = 0; i < extremes.size(); i++) {
                SortedMap<String, JsonNode> values = corner(entry.getKey(), extremes.get(i));
                if (of(values) instanceof TrainingConfigReader.Invalid invalid) {
                    String place = place(entry.getValue(), i);
                    invalid.violations().forEach(error -> found.add(located(error, entry.getKey(), place)));
                }
            }
        }
        for (int i = 0; i < spec.enqueue().size(); i++) {
            String place = "/enqueue/" + i;
            if (of(spec.enqueue().get(i)) instanceof TrainingConfigReader.Invalid invalid) {
                invalid.violations()
                        .forEach(error -> found.add(new Violation(
                                spec.space().parameters().containsKey(error.pointer())
                                        ? place + "/" + escaped(error.pointer())
                                        : "/base" + error.pointer(),
                                error.detail())));
            }
        }
        if (found.isEmpty()
                && of(corners().get(0)) instanceof TrainingConfigReader.Valid valid
                && valid.config().trainArgs().validationSplit() <= 0) {
            found.add(new Violation(
                    "/base/train_args/validation_split",
                    "must be above 0, because trials are ranked by their validation images"));
        }
        return new ArrayList<>(found);
    }

    /** Returns the configurations that {@link #violations} checks, for an upper bound of their memory. */
    List<SortedMap<String, JsonNode>> corners() {
        List<SortedMap<String, JsonNode>> all = new ArrayList<>();
        spec.space()
                .parameters()
                .forEach((name, parameter) -> parameter.extremes().forEach(value -> all.add(corner(name, value))));
        all.add(spec.space().choose((name, parameter) -> last(parameter.extremes())));
        return all;
    }

    private static JsonNode last(List<JsonNode> values) {
        return values.get(values.size() - 1);
    }

    /** The parameter has {@code value}, those of its conditions the values they need, and all others their first one. */
    private SortedMap<String, JsonNode> corner(String pointer, JsonNode value) {
        Map<String, JsonNode> wanted = new HashMap<>();
        wanted.put(pointer, value);
        require(pointer, wanted);
        return spec.space()
                .choose((name, parameter) ->
                        wanted.getOrDefault(name, parameter.extremes().get(0)));
    }

    private void require(String pointer, Map<String, JsonNode> wanted) {
        Parameter parameter = spec.space().parameters().get(pointer);
        if (parameter != null) {
            parameter.when().forEach((name, value) -> {
                wanted.putIfAbsent(name, value);
                require(name, wanted);
            });
        }
    }

    private static String place(Parameter parameter, int index) {
        if (parameter instanceof NumericParameter) {
            return index == 0 ? "/min" : "/max";
        }
        return "/values/" + index;
    }

    /** Points to the parameter whose value is refused, or into the base configuration. */
    private Violation located(Violation error, String varied, String place) {
        if (error.pointer().equals(varied) || error.pointer().startsWith(varied + "/")) {
            return new Violation("/space/" + escaped(varied) + place, error.detail());
        }
        SearchSpace space = spec.space();
        return space.parameters().containsKey(error.pointer())
                ? new Violation("/space/" + escaped(error.pointer()), error.detail())
                : new Violation("/base" + error.pointer(), error.detail());
    }

    private static String escaped(String pointer) {
        return pointer.replace("~", "~0").replace("/", "~1");
    }
}
