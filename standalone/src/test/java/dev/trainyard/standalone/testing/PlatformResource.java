package dev.trainyard.standalone.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** Gives a Quarkus test PostgreSQL, Kafka and an empty artifact store. */
public final class PlatformResource implements QuarkusTestResourceLifecycleManager {
    @Override
    public Map<String, String> start() {
        TestPlatform platform = TestPlatform.forApplication();
        try {
            return Map.of(
                    "quarkus.datasource.jdbc.url", platform.jdbcUrl(),
                    "quarkus.datasource.username", platform.user(),
                    "quarkus.datasource.password", platform.password(),
                    "kafka.bootstrap.servers", platform.bootstrapServers(),
                    // trainers are simulated without joining the group, so every job is handed out at once
                    "trainyard.scheduling.ahead", "10000",
                    "trainyard.artifacts.dir",
                            Files.createTempDirectory("trainyard-artifacts").toString(),
                    "trainyard.state.dir",
                            Files.createTempDirectory("trainyard-state").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The servers stay for the next application of this JVM. */
    @Override
    public void stop() {}
}
