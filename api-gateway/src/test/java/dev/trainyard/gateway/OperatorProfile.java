package dev.trainyard.gateway;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Optional settings that do not affect other requests, so that several classes share one gateway. */
public final class OperatorProfile implements QuarkusTestProfile {
    static final String TOKEN = "s3cret";
    static final String CALLBACK_SECRET = "a test's secret";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "trainyard.admin.token", TOKEN,
                "trainyard.callback.secret", CALLBACK_SECRET,
                "trainyard.callback.allow-private", "true",
                "trainyard.outbox.tries", "2",
                "trainyard.reaper.period", "500ms");
    }
}
