package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every producer of every service waits for all copies in sync, so that no record is lost with its broker. */
class ProducerAcksTest {
    private static final List<String> SERVICES =
            List.of("shared-model", "worker-runtime", "api-gateway", "trainer-worker", "predictor-worker");

    @Test
    void everyProducerSaysSo() throws IOException {
        List<Path> producers = sources()
                .filter(file -> text(file).contains("new KafkaProducer<"))
                .toList();
        assertThat(producers).hasSizeGreaterThanOrEqualTo(6);
        assertThat(producers)
                .allSatisfy(file -> assertThat(text(file)).contains("ProducerConfig.ACKS_CONFIG, \"all\")"));
    }

    private static Stream<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String service : SERVICES) {
            try (Stream<Path> files = Files.walk(Path.of("..", service, "src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return all.stream();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
