package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileConfigSourceTest {
    @TempDir
    Path folder;

    @Test
    void theSecretsOfTheGatewayAreReadFromFiles() throws IOException {
        SmallRyeConfig config = config(Map.of(
                "TRAINYARD_ADMIN_TOKEN_FILE", file("token", "let-me-in\n"),
                "TRAINYARD_CALLBACK_SECRET_FILE", file("secret", "signs"),
                "TRAINYARD_CALLBACK_PREVIOUS_SECRET_FILE", file("previous", "signed"),
                "QUARKUS_DATASOURCE_PASSWORD_FILE", file("password", "open sesame\r\n")));
        GatewaySettings settings = config.getConfigMapping(GatewaySettings.class);
        assertThat(settings.admin().token()).hasValue("let-me-in");
        assertThat(settings.callback().secret()).hasValue("signs");
        assertThat(settings.callback().previousSecret()).hasValue("signed");
        assertThat(config.getValue("quarkus.datasource.password", String.class)).isEqualTo("open sesame");
        assertThat(new SecretFileConfigSource(Map.of("QUARKUS_DATASOURCE_PASSWORD_FILE", "/none")).getPropertyNames())
                .as("what a build would keep as a default")
                .isEmpty();
    }

    @Test
    void aFileThatIsMissingIsNamedWithItsVariable() {
        assertThatThrownBy(() -> config(Map.of("TRAINYARD_ADMIN_TOKEN_FILE", folder + "/none"))
                        .getConfigMapping(GatewaySettings.class))
                .hasStackTraceContaining("TRAINYARD_ADMIN_TOKEN_FILE names " + folder + "/none, which does not exist");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static SmallRyeConfig config(Map<String, String> environment) {
        return new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(environment, 300), new SecretFileConfigSource(environment))
                .addDiscoveredConverters()
                .withConverter(Duration.class, 300, new DurationConverter())
                .withMapping(GatewaySettings.class)
                .build();
    }
}
