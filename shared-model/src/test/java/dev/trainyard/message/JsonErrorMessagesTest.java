package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonErrorMessagesTest {
    private static final String JAVA =
            "(java\\.|com\\.fasterxml|dev\\.trainyard|StreamRead|JsonToken|Source:|REDACTED|[A-Za-z]+\\(\\))";

    private final ObjectMapper json = new ObjectMapper();

    record Wanted(int count, UUID key, Map<String, Integer> shares) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"a\":",
                "[1,",
                "nul",
                "{\"count\":1e999}",
                "{\"count\":\"x\"}",
                "{\"key\":\"x\"}",
                "{\"shares\":[]}",
                "{\"other\":1}",
                "{\"shares\":{\"a\":99999999999}}",
                "\"\u0001\"",
                "{\"a\" 1}",
                "'a'",
                "{\"count\":{}}",
                "\"\\x\"",
                "1 2"
            })
    void noMessageContainsAClassName(String text) {
        JsonProcessingException wrong =
                catchThrowableOfType(JsonProcessingException.class, () -> json.readerFor(Wanted.class)
                        .readValue(text));
        if (wrong != null) {
            assertThat(JsonErrorMessages.plain(wrong)).isNotBlank().doesNotContainPattern(JAVA);
        }
    }

    @Test
    void parserLimitsAreReportedWithoutInternalSettings() {
        for (String text : new String[] {"[".repeat(2000), "1".repeat(2000)}) {
            JsonProcessingException wrong =
                    catchThrowableOfType(JsonProcessingException.class, () -> json.readTree(text));
            assertThat(JsonErrorMessages.plain(wrong))
                    .contains("exceeds the maximum allowed")
                    .doesNotContainPattern(JAVA);
        }
    }

    @Test
    void thePositionOfATruncatedTextIsReported() {
        JsonProcessingException wrong =
                catchThrowableOfType(JsonProcessingException.class, () -> json.readTree("{\n "));
        assertThat(JsonErrorMessages.plain(wrong))
                .contains("Unexpected end-of-input")
                .contains("line: 1, column: 1");
    }
}
