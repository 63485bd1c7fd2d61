package dev.trainyard.gateway;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Short timeouts and retention times, so that tests of their expiry are short. */
public final class ShortTimesProfile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "trainyard.lease.duration", "4s",
                "trainyard.reaper.period", "500ms",
                "trainyard.predict.timeout", "5s",
                "trainyard.predict.async.reply-timeout", "700ms",
                "trainyard.predict.async.max-attempts", "3",
                "trainyard.predict.async.limit", "40",
                "trainyard.retention.sweep", "1s");
    }
}
