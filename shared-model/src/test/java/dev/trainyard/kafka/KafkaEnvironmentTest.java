package dev.trainyard.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaEnvironmentTest {
    @TempDir
    Path folder;

    @Test
    void variablesAndFilesAreClientSettings() throws IOException {
        Path jaas = Files.writeString(folder.resolve("jaas"), "Module required;\n");
        Path password = Files.writeString(folder.resolve("password"), "p4ss");
        assertThat(KafkaEnvironment.settings(Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        "kafka:9093",
                        "KAFKA_SASL_JAAS_CONFIG_FILE",
                        jaas.toString(),
                        "KAFKA_SSL_KEYSTORE_PASSWORD_FILE",
                        password.toString(),
                        "PATH",
                        "/bin")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers", "kafka:9093",
                        "sasl.jaas.config", "Module required;",
                        "ssl.keystore.password", "p4ss"));
    }

    @Test
    void settingsOfAFrameworkAreCompletedFromFiles() throws IOException {
        Path jaas = Files.writeString(folder.resolve("jaas"), "Module required;\n");
        assertThat(KafkaEnvironment.withSecrets(
                        Map.of("sasl.jaas.config.file", jaas.toString(), "linger.ms", "0"),
                        Map.of("KAFKA_SASL_JAAS_CONFIG_FILE", jaas.toString())))
                .containsExactlyInAnyOrderEntriesOf(Map.of("sasl.jaas.config", "Module required;", "linger.ms", "0"));
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> KafkaEnvironment.settings(Map.of("KAFKA_SASL_JAAS_CONFIG_FILE", "/none")))
                .hasMessageContaining("KAFKA_SASL_JAAS_CONFIG_FILE names /none, which does not exist");
    }

    @Test
    void linesOfTheListThatAreNotRulesAreRefused() {
        assertThat(AccessRules.parse("# comment\n\ngateway, topic, a*, Write DescribeConfigs\n"))
                .hasSize(2);
        assertThatThrownBy(() -> AccessRules.parse("gateway, topic, a")).hasMessageContaining("four fields");
        assertThatThrownBy(() -> AccessRules.parse("gateway, topic, a, Scribble"))
                .hasMessageContaining("Scribble");
    }
}
