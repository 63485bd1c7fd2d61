package dev.trainyard.gateway.access;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A gateway that needs access tokens. */
public final class TokensProfile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("trainyard.auth.mode", "tokens");
    }
}
