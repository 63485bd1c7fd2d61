package dev.trainyard.standalone.testing;

import dev.trainyard.message.TopicInstaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * PostgreSQL and Kafka for tests, shared by all tests of a JVM: containers if a Docker daemon answers, otherwise
 * embedded.
 */
public interface TestPlatform extends AutoCloseable {

    String jdbcUrl();

    String user();

    String password();

    String bootstrapServers();

    @Override
    void close();

    /** Client configuration for the broker. */
    default Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers());
    }

    /** The platform of this JVM, with all topics; started by the first call and stopped with the JVM. */
    static TestPlatform shared() {
        return SharedPlatform.named("tests");
    }

    /**
     * The empty platform of the next application in this JVM; the servers are started by the first call. The one before
     * must have ended. Plain tests have other servers, because an application runs until the JVM ends.
     */
    static TestPlatform forApplication() {
        return SharedPlatform.named("application").emptied();
    }

    /** Starts a new platform, for tests that break things. */
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
}
