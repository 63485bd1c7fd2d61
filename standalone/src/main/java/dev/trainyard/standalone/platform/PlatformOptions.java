package dev.trainyard.standalone.platform;

import dev.trainyard.launch.PlatformRegistry;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a platform.
 *
 * @param home the clone, with the services built
 * @param port of the first gateway; null for the default or the next free one
 * @param brokers of the Kafka cluster
 * @param cleanStart true to delete the data of earlier starts in {@code dataDir} first
 * @param archive MNIST images as npz
 * @param settings environment variables for all services
 * @param startTimeout after which a start is given up; null for never
 * @param registry where clients find the platform; null to keep it unregistered
 */
@RecordBuilder
public record PlatformOptions(
        Path home,
        Path dataDir,
        @Nullable Integer port,
        int gateways,
        int trainers,
        int predictors,
        int brokers,
        boolean cleanStart,
        Path archive,
        Map<String, String> settings,
        @Nullable Duration startTimeout,
        @Nullable PlatformRegistry registry) {

    public PlatformOptions(
            Path home, Path dataDir, @Nullable Integer port, int gateways, int trainers, int predictors) {
        this(
                home,
                dataDir,
                port,
                gateways,
                trainers,
                predictors,
                1,
                false,
                home.resolve("data/mnist.npz"),
                Map.of(),
                null,
                null);
    }

    public PlatformOptions withSettings(Map<String, String> newSettings) {
        return PlatformOptionsBuilder.builder(this).settings(newSettings).build();
    }

    public PlatformOptions withBrokers(int newBrokers) {
        return PlatformOptionsBuilder.builder(this).brokers(newBrokers).build();
    }

    public PlatformOptions withCleanStart() {
        return PlatformOptionsBuilder.builder(this).cleanStart(true).build();
    }

    public PlatformOptions withArchive(Path newArchive) {
        return PlatformOptionsBuilder.builder(this).archive(newArchive).build();
    }

    /** @param limit null for none */
    public PlatformOptions withStartTimeout(@Nullable Duration limit) {
        return PlatformOptionsBuilder.builder(this).startTimeout(limit).build();
    }

    public PlatformOptions withRegistry(PlatformRegistry other) {
        return PlatformOptionsBuilder.builder(this).registry(other).build();
    }
}
