package dev.trainyard.standalone.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** Gives a Quarkus test a broker and empty folders. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private TestBroker broker;

    @Override
    public Map<String, String> start() {
        try {
            broker = new TestBroker();
            return Map.of(
                    "kafka.bootstrap.servers", broker.bootstrapServers(),
                    "trainyard.artifacts.dir",
                            Files.createTempDirectory("trainyard-artifacts").toString(),
                    "trainyard.state.dir",
                            Files.createTempDirectory("trainyard-state").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        try {
            if (broker != null) {
                broker.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
