package dev.trainyard.standalone.testing;

import dev.trainyard.message.TopicInstaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * A real PostgreSQL and a real Kafka broker for tests, shared by all tests of a JVM: containers where a Docker daemon
 * answers, embedded ones elsewhere.
 */
public interface TestPlatform extends AutoCloseable {

    String jdbcUrl();

    String user();

    String password();

    String bootstrapServers();

    @Override
    void close();

    /** Client configuration that reaches the broker. */
    default Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers());
    }

    /** The one of this JVM, with all topics; started by the first call and stopped with the JVM. */
    static TestPlatform shared() {
        return Shared.PLATFORM;
    }

    /** A new one; tests that break things have one of their own. */
    static TestPlatform start() {
        try {
            TestPlatform platform = dockerAnswers() ? new ContainerPlatform() : new EmbeddedPlatform();
            TopicInstaller.install(platform.kafka(), 60);
            return platform;
        } catch (IOException e) {
            throw new UncheckedIOException("the test platform could not be started", e);
        }
    }

    private static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Holds the shared one, so that it starts when it is first asked for. */
    final class Shared {
        private static final TestPlatform PLATFORM = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(PLATFORM::close, "test-platform-stop"));
        }

        private Shared() {}
    }
}
