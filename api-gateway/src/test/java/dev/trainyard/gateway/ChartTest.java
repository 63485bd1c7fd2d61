package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.trainyard.message.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Helm chart and the manifests rendered from it, as far as they can be checked without Helm. */
class ChartTest {
    private static final Path CHART = Path.of("../deploy/helm/trainyard");
    private static final Path RENDERED = Path.of("../deploy/kubernetes/rendered");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Set<String> DRAINS = Set.of("TRAINYARD_DRAIN_LIMIT", "QUARKUS_SHUTDOWN_DELAY");
    private static final Set<String> WORKLOADS = Set.of("Deployment", "Job");

    @Test
    void everyValueIsDescribedByTheSchemaAndHasADefault() throws Exception {
        JsonNode schema =
                new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());
        Set<String> described = new TreeSet<>();
        describe("", schema, schema, described);
        Set<String> values = new TreeSet<>();
        leaves("", YAML.readTree(CHART.resolve("values.yaml").toFile()), described, values);

        assertThat(values).isEqualTo(described);
    }

    @Test
    void theAccessRulesOfTheOperatorsUsersAreThoseOfThePlatform() throws Exception {
        assertThat(CHART.resolve("files/access-rules.csv"))
                .hasSameTextualContentAs(
                        Path.of("../shared-model/src/main/resources/dev/trainyard/kafka/access-rules.csv"));
    }

    @Test
    void theOperatorsTopicsAreThoseOfThePlatform() throws Exception {
        ObjectNode expected = YAML.createObjectNode();
        Topics.all().forEach(topic -> {
            ObjectNode config = expected.putObject(topic.name())
                    .put("partitions", topic.partitions())
                    .putObject("config");
            new TreeMap<>(topic.config()).forEach(config::put);
        });

        assertThat(YAML.readTree(CHART.resolve("files/topics.yaml").toFile())).isEqualTo(expected);
    }

    @Test
    void theRenderedManifestsAreThoseOfTheChart() throws Exception {
        String digest = digest();
        assertThat(rendered().stream().map(file -> file.getFileName().toString()))
                .containsExactlyElementsOf(files(CHART.resolve("ci"))
                        .map(file -> file.getFileName().toString())
                        .toList());
        for (Path file : rendered()) {
            assertThat(Files.readAllLines(file).get(0))
                    .as("run deploy/kubernetes/render after a change of the chart")
                    .endsWith("Chart: " + digest);
        }
    }

    static List<Path> rendered() throws IOException {
        return files(RENDERED).toList();
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void noPodHasPrivilegesOrWritesToItsImage(Path file) throws Exception {
        List<JsonNode> pods = pods(file);
        assertThat(pods).hasSizeGreaterThanOrEqualTo(3).allSatisfy(pod -> {
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            JsonNode security = pod.path("securityContext");
            assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
            assertThat(security.path("runAsUser").asInt()).isPositive();
            assertThat(security.path("seccompProfile").path("type").asText()).isEqualTo("RuntimeDefault");
        });
        assertThat(pods).flatExtracting(pod -> elements(pod.path("containers"))).allSatisfy(container -> {
            JsonNode security = container.path("securityContext");
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.path("capabilities").path("drop").path(0).asText())
                    .isEqualTo("ALL");
            assertThat(container.path("resources").path("requests").has("cpu")).isTrue();
            assertThat(container.path("resources").path("limits").has("memory")).isTrue();
            assertThat(elements(container.path("env")))
                    .filteredOn(variable ->
                            variable.path("name").asText().matches(".*(PASSWORD|SECRET|TOKEN|JAAS_CONFIG|ACCESS_KEY)"))
                    .allSatisfy(variable -> assertThat(variable.has("value")).isFalse());
        });
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void everyServiceHasThreeProbesAndTimeToDrain(Path file) throws Exception {
        assertThat(pods(file))
                .filteredOn(pod -> !pod.path("restartPolicy").asText().equals("OnFailure"))
                .allSatisfy(pod -> {
                    JsonNode container = pod.path("containers").path(0);
                    assertThat(List.of("startupProbe", "livenessProbe", "readinessProbe"))
                            .allMatch(container::has);
                    int drain = elements(container.path("env")).stream()
                            .filter(variable ->
                                    DRAINS.contains(variable.path("name").asText()))
                            .mapToInt(variable -> Integer.parseInt(
                                    variable.path("value").asText().replace("s", "")))
                            .findFirst()
                            .orElseThrow();
                    // after its delay a gateway finishes requests for 10 s (quarkus.shutdown.timeout), and workers stop
                    assertThat(pod.path("terminationGracePeriodSeconds").asInt())
                            .isGreaterThan(drain + 10);
                });
    }

    private static List<JsonNode> pods(Path file) throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll().stream()
                    .filter(document -> WORKLOADS.contains(document.path("kind").asText()))
                    .map(document -> document.at("/spec/template/spec"))
                    .toList();
        }
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements;
    }

    /** Adds the paths of all values of {@code schema} that have no properties of their own. */
    private static void describe(String path, JsonNode schema, JsonNode root, Set<String> into) {
        JsonNode resolved = schema;
        if (schema.path("allOf").path(0).has("$ref")) {
            resolved =
                    root.at(schema.path("allOf").path(0).path("$ref").asText().substring(1));
        }
        assertThat(schema.has("description") || path.isEmpty())
                .as("description of " + path)
                .isTrue();
        if (!resolved.has("properties") || resolved.path("properties").has("requests")) {
            into.add(path);
            return;
        }
        assertThat(resolved.path("additionalProperties").asBoolean(true))
                .as(path)
                .isFalse();
        for (var property : resolved.path("properties").properties()) {
            // Helm adds this one
            if (!(path.isEmpty() && property.getKey().equals("global"))) {
                describe(path + "/" + property.getKey(), property.getValue(), root, into);
            }
        }
    }

    private static void leaves(String path, JsonNode value, Set<String> described, Set<String> into) {
        if (!value.isObject() || described.contains(path)) {
            into.add(path);
            return;
        }
        value.properties().forEach(field -> leaves(path + "/" + field.getKey(), field.getValue(), described, into));
    }

    /** As deploy/kubernetes/render computes it. */
    private static String digest() throws Exception {
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> files = Files.walk(CHART)) {
            for (String name : files.filter(Files::isRegularFile)
                    .map(file -> "./" + CHART.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList()) {
                lines.append(sha256(Files.readAllBytes(CHART.resolve(name))))
                        .append("  ")
                        .append(name)
                        .append('\n');
            }
        }
        return sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static Stream<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().collect(Collectors.toList()).stream();
        }
    }
}
