package dev.trainyard.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The queries of the rules and dashboards in {@code deploy/observability}. */
final class ObservabilityFiles {
    static final Path FOLDER = Path.of("../deploy/observability");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();

    private ObservabilityFiles() {}

    static JsonNode yaml(String file) throws IOException {
        return YAML.readTree(FOLDER.resolve(file).toFile());
    }

    /** Expressions of all alerts by name. */
    static Map<String, String> alerts() throws IOException {
        Map<String, String> queries = new TreeMap<>();
        for (JsonNode group : yaml("prometheus/rules.yml").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                queries.put(rule.path("alert").asText(), rule.path("expr").asText());
            }
        }
        return queries;
    }

    /** All queries of the dashboards, by file, panel and position. */
    static Map<String, String> panels() throws IOException {
        Map<String, String> queries = new TreeMap<>();
        for (Map.Entry<String, JsonNode> board : dashboards().entrySet()) {
            for (JsonNode panel : board.getValue().path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    String name = "%s: %s %s"
                            .formatted(
                                    board.getKey(),
                                    panel.path("title").asText(),
                                    target.path("refId").asText());
                    queries.put(name, target.path("expr").asText().replace("$__rate_interval", "1m"));
                }
            }
        }
        return queries;
    }

    static Map<String, JsonNode> dashboards() throws IOException {
        Map<String, JsonNode> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER.resolve("grafana/dashboards"))) {
            files.forEach(file -> found.put(file.getFileName().toString(), json(file)));
        }
        return found;
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
