package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each query of the rules and dashboards names metrics and labels that the services have. */
class MetricsIT {
    /** Labels that Prometheus adds to each series. */
    private static final Set<String> OF_TARGETS = Set.of("job", "instance");
    /** Metrics of Prometheus itself. */
    private static final String OF_PROMETHEUS = "up{job=\"trainyard-gateway\",instance=\"gateway:8080\"} 1\n";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void eachQueryNamesMetricsAndLabelsThatTheServicesHave() throws Exception {
        platform.awaitStatus(platform.submit(PlatformExtension.small(1)), "success");
        for (int number = 1; number <= 2; number++) {
            assertThat(platform.gateway(number).predict(8).join().status()).isEqualTo(200);
        }
        Map<String, String> queries = new TreeMap<>(ObservabilityFiles.alerts());
        queries.putAll(ObservabilityFiles.panels());
        assertThat(queries).hasSizeGreaterThan(40);

        // some figures are read every 15 s
        PlatformExtension.await("the metrics").untilAsserted(() -> {
            PromQl.Scrape scrape = scrape();
            List<String> missing = new ArrayList<>();
            queries.forEach((name, query) -> PromQl.read(query)
                    .missing(scrape, OF_TARGETS)
                    .forEach(sentence -> missing.add(name + ": " + sentence)));
            assertThat(missing).isEmpty();
        });
    }

    private static PromQl.Scrape scrape() throws Exception {
        List<String> texts = new ArrayList<>(List.of(OF_PROMETHEUS));
        Launcher launcher = platform.sharedPlatform().launcher();
        for (String name : launcher.pidFiles()) {
            if (name.matches("(gateway|trainer|predictor)-\\d+")) {
                String port = ProcessEnvironment.of(launcher.process(name)).get("QUARKUS_HTTP_PORT");
                HttpResponse<String> metrics = HTTP.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/q/metrics".formatted(port)))
                                .header("Accept", "text/plain")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(metrics.statusCode()).as(name).isEqualTo(200);
                texts.add(metrics.body());
            }
        }
        return PromQl.Scrape.read(texts.toArray(String[]::new));
    }
}
