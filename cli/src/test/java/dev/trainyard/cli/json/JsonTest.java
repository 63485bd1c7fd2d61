package dev.trainyard.cli.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static final JsonMapper JACKSON = new JsonMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1,-2.5,1e-7,true,false,null,\"\\u00e4\\n\\\"\",{}],\"b\":{\"c\":[]}}",
                "[2147483648,9223372036854775808,123456789012345678901234567890,0.1,1E400,-0.0]",
                "\"text\"",
                "7",
                "null",
            })
    void treesAreReadAndWrittenLikeJackson(String text) throws Exception {
        JsonNode tree = Json.parse(text);
        assertThat(tree).isEqualTo(JACKSON.readTree(text));
        assertThat(Json.text(tree)).isEqualTo(tree.toString());
        assertThat(Json.pretty(tree)).isEqualTo(tree.toPrettyString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":2}", "{} {}", "{\"a\":1", "[1,", "[1,]", "tru", "{a:1}", "1 2", "NaN"})
    void invalidDocumentsAreRejected(String text) {
        assertThat(Json.read(text)).isEmpty();
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void emptyTextIsMissingAndExcessiveNestingIsRejected() throws Exception {
        assertThat(Json.parse(" ").isMissingNode()).isTrue();
        assertThat(Json.read("")).isEmpty();
        assertThat(Json.read("[".repeat(100_000) + "]".repeat(100_000))).isEmpty();
    }
}
