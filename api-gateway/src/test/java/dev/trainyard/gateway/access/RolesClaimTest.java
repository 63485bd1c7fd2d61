package dev.trainyard.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.WireJson;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolesClaimTest {
    private static Set<String> read(String path, String claims) throws Exception {
        return new RolesClaim(path).read(WireJson.mapper().readTree(claims));
    }

    @Test
    void readsListsAndWords() throws Exception {
        assertThat(read("roles", "{\"roles\":[\"viewer\",\"x:y\"]}")).containsExactly("viewer", "x:y");
        assertThat(read("roles", "{\"roles\":\"viewer  x:y\"}")).containsExactly("viewer", "x:y");
    }

    @Test
    void followsThePath() throws Exception {
        assertThat(read("a/b/c", "{\"a\":{\"b\":{\"c\":[\"viewer\"]}}}")).containsExactly("viewer");
        assertThat(read("\"https://x.org/roles\"", "{\"https://x.org/roles\":[\"viewer\"]}"))
                .containsExactly("viewer");
        assertThat(read("\"https://x.org/a\"/b", "{\"https://x.org/a\":{\"b\":\"viewer\"}}"))
                .containsExactly("viewer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":null}",
                "{\"a\":\"viewer\"}",
                "{\"a\":[\"viewer\"]}",
                "{\"a\":{\"b\":7}}",
                "{\"a\":{\"b\":true}}",
                "{\"a\":{\"b\":{\"x\":\"is viewer here\"}}}",
                "{\"a\":{\"b\":[[\"viewer\"],{\"viewer\":1},7,null]}}",
                "{\"b\":\"viewer\"}"
            })
    void otherTypesAndPlacesHaveNoRoles(String claims) throws Exception {
        assertThat(read("a/b", claims)).isEmpty();
    }
}
