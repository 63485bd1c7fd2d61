package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads one configuration of a search space, draws the values that it leaves out, and reports all violations. */
final class ConfigurationReader {
    private final SearchSpace space;
    private final RandomSource random;
    private final String pointer;
    private final List<Violation> violations;

    ConfigurationReader(SearchSpace space, RandomSource random, String pointer, List<Violation> violations) {
        this.space = space;
        this.random = random;
        this.pointer = pointer;
        this.violations = violations;
    }

    Optional<SortedMap<String, JsonNode>> read(JsonNode configuration) {
        int before = violations.size();
        JsonFieldReader fields = JsonFieldReader.of(configuration, pointer, violations);
        SortedMap<String, JsonNode> values = new TreeMap<>();
        space.parameters().forEach((name, parameter) -> {
            JsonNode value = fields.node(name);
            boolean used = SearchSpace.isUsed(parameter, values);
            if (!used && !value.isMissingNode()) {
                reject(name, "is not used with these values; leave it out");
            } else if (used && value.isMissingNode()) {
                values.put(name, parameter.atPosition(random.nextDouble()));
            } else if (used && !parameter.contains(value)) {
                reject(name, "is not a value of this parameter");
            } else if (used) {
                values.put(name, parameter.canonical(value));
            }
        });
        fields.rejectUnread();
        return violations.size() > before ? Optional.empty() : Optional.of(values);
    }

    private void reject(String name, String detail) {
        violations.add(new Violation(pointer + "/" + JsonValues.escaped(name), detail));
    }
}
