package dev.trainyard.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenSecretTest {
    @Test
    void theTextCanBeParsedAndMatchesOnlyItsOwnHash() {
        TokenSecret secret = TokenSecret.create();

        assertThat(TokenSecret.parse(secret.text())).contains(secret);
        assertThat(secret.matches(secret.hash())).isTrue();
        assertThat(TokenSecret.ofId(secret.id()).matches(secret.hash())).isFalse();
    }

    @Test
    void otherTextsAreNoTokens() {
        String text = TokenSecret.create().text();
        for (String other : List.of(
                "", "ty_", text + "0", text.substring(1), text.toUpperCase(), text.replace('_', '-'), " " + text)) {
            assertThat(TokenSecret.parse(other)).as(other).isEmpty();
        }
    }

    @Test
    void theSecretIsNotInTheLog() {
        TokenSecret secret = TokenSecret.create();
        assertThat(secret.toString()).contains(secret.id()).doesNotContain(secret.secret());
    }
}
