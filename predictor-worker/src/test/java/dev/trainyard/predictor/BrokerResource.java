package dev.trainyard.predictor;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Gives a service under test a broker of its own and an empty artifact store. */
public final class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private TestBroker broker;

    @Override
    public Map<String, String> start() {
        try {
            Path dir = Files.createTempDirectory("predictor-test");
            broker = new TestBroker(dir);
            return Map.of(
                    "kafka.bootstrap.servers",
                    broker.client().get("bootstrap.servers").toString(),
                    "trainyard.artifacts.dir",
                    dir.resolve("artifacts").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
    }
}
