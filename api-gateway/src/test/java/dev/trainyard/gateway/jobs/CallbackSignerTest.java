package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallbackSignerTest {
    private static final Instant AT = Instant.ofEpochSecond(1614265330);
    private static final String BODY = "{\"test\": 2432232314}";

    @Test
    void theHeadersAreThoseOfStandardWebhooks() {
        // the example of the specification's reference libraries
        Map<String, String> headers = signer("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null)
                .headers("msg_p5jXN8AQM9LWM0D4loKWxJek", BODY, AT);
        assertThat(headers)
                .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                .containsEntry("webhook-timestamp", "1614265330")
                .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void theEarlierHeaderIsUnchangedWithOneSecret() {
        // printf '%s' '1614265330.{"test": 2432232314}' | openssl dgst -sha256 -hmac 'text secret'
        assertThat(signer("text secret", null).headers("evt_1", BODY, AT))
                .containsEntry(
                        "Trainyard-Signature",
                        "t=1614265330,v1=84332c8a341e18492251c66c2aa05d599d83fd7606b7583111c74ac2b5fda84b");
    }

    @Test
    void theCurrentAndThePreviousSecretSign() {
        Map<String, String> both = signer("new", "old").headers("evt_1", BODY, AT);
        Map<String, String> current = signer("new", null).headers("evt_1", BODY, AT);
        Map<String, String> previous = signer("old", null).headers("evt_1", BODY, AT);
        assertThat(both.get("webhook-signature"))
                .isEqualTo(current.get("webhook-signature") + " " + previous.get("webhook-signature"));
        assertThat(both.get("Trainyard-Signature"))
                .isEqualTo(current.get("Trainyard-Signature") + ","
                        + previous.get("Trainyard-Signature").split(",")[1]);
        assertThat(signer("new", "new").headers("evt_1", BODY, AT)).isEqualTo(current);
    }

    @Test
    void theSignatureCoversIdTimeAndBody() {
        String signed = signature("evt_1", BODY, AT);
        assertThat(signature("evt_2", BODY, AT)).isNotEqualTo(signed);
        assertThat(signature("evt_1", BODY + " ", AT)).isNotEqualTo(signed);
        assertThat(signature("evt_1", BODY, AT.plusSeconds(1))).isNotEqualTo(signed);
    }

    @Test
    void unusableSecretsAreRefusedWithoutNamingThem() {
        assertThat(CallbackSigner.of(Optional.empty(), Optional.empty())).isEmpty();
        assertThatThrownBy(() -> CallbackSigner.of(Optional.empty(), Optional.of("old")))
                .hasMessageContaining("trainyard.callback.previous-secret is set without trainyard.callback.secret");
        assertThatThrownBy(() -> signer("whsec_%%%", null))
                .hasMessageContainingAll("trainyard.callback.secret", "base 64")
                .hasMessageNotContaining("%%%");
    }

    private static String signature(String id, String body, Instant at) {
        return signer("a secret", null).headers(id, body, at).get("webhook-signature");
    }

    private static CallbackSigner signer(String secret, String previous) {
        return CallbackSigner.of(Optional.of(secret), Optional.ofNullable(previous))
                .orElseThrow();
    }
}
