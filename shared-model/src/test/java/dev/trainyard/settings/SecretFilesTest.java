package dev.trainyard.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
    private static final String NAME = "TRAINYARD_ADMIN_TOKEN";

    @TempDir
    Path folder;

    @Test
    void aFileIsReadWithoutTheLineBreakAtItsEnd() throws IOException {
        assertThat(read("a b\n")).isEqualTo("a b");
        assertThat(read(" a\n\n")).isEqualTo(" a\n");
        assertThat(read("a")).isEqualTo("a");
    }

    @Test
    void withoutAFileTheVariableIsTheSecret() {
        assertThat(SecretFiles.value(NAME, Map.of(NAME, "x"))).hasValue("x");
        assertThat(SecretFiles.value(NAME, Map.of(NAME, "x", NAME + "_FILE", "")))
                .hasValue("x");
        assertThat(SecretFiles.value(NAME, Map.of())).isEmpty();
    }

    @Test
    void anUnusableFileIsReportedWithItsVariableAndTheReason() throws IOException {
        assertThatThrownBy(() -> value(folder.resolve("none")))
                .hasMessageContainingAll(NAME + "_FILE", folder + "/none", "does not exist");
        assertThatThrownBy(() -> value(folder)).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> read("\n")).hasMessageContaining("is empty");
        assertThatThrownBy(() -> value(Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 1})))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> value(Files.write(folder.resolve("large"), new byte[70_000])))
                .hasMessageContaining("larger than");
        Path file = Files.writeString(folder.resolve("x"), "x");
        assertThatThrownBy(() -> SecretFiles.value(NAME, Map.of(NAME, "x", NAME + "_FILE", file.toString())))
                .hasMessageContaining("both set");
    }

    @Test
    void onlySecretsOfThePlatformAreReadFromFiles() {
        assertThat(SecretFiles.named(Map.of(
                        "TRAINYARD_ADMIN_TOKEN_FILE", "a",
                        "QUARKUS_DATASOURCE_PASSWORD_FILE", "b",
                        "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_FILE", "a setting that is a file",
                        "GITHUB_TOKEN_FILE", "of another application")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "TRAINYARD_ADMIN_TOKEN_FILE", "TRAINYARD_ADMIN_TOKEN",
                        "QUARKUS_DATASOURCE_PASSWORD_FILE", "QUARKUS_DATASOURCE_PASSWORD"));
    }

    private String read(String text) throws IOException {
        return value(Files.writeString(folder.resolve("secret"), text));
    }

    private static String value(Path file) {
        return SecretFiles.value(NAME, Map.of(NAME + "_FILE", file.toString())).orElseThrow();
    }
}
