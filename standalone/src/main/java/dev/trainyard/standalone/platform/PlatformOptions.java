package dev.trainyard.standalone.platform;

import dev.trainyard.launch.PlatformRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a platform.
 *
 * @param home the clone, with the services built
 * @param port of the first gateway; null for the default or the next free one
 * @param cleanStart true to delete the data of earlier starts in {@code dataDir} first
 * @param archive MNIST images as npz
 * @param settings environment variables for all services
 * @param startTimeout after which a start is given up; null for never
 * @param registry where clients find the platform; null to keep it unregistered
 */
public record PlatformOptions(
        Path home,
        Path dataDir,
        @Nullable Integer port,
        int gateways,
        int trainers,
        int predictors,
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
                false,
                home.resolve("data/mnist.npz"),
                Map.of(),
                null,
                null);
    }

    public PlatformOptions withSettings(Map<String, String> newSettings) {
        return new PlatformOptions(
                home,
                dataDir,
                port,
                gateways,
                trainers,
                predictors,
                cleanStart,
                archive,
                newSettings,
                startTimeout,
                registry);
    }

    public PlatformOptions withCleanStart() {
        return new PlatformOptions(
                home, dataDir, port, gateways, trainers, predictors, true, archive, settings, startTimeout, registry);
    }

    public PlatformOptions withArchive(Path newArchive) {
        return new PlatformOptions(
                home,
                dataDir,
                port,
                gateways,
                trainers,
                predictors,
                cleanStart,
                newArchive,
                settings,
                startTimeout,
                registry);
    }

    /** @param limit null for none */
    public PlatformOptions withStartTimeout(Duration limit) {
        return new PlatformOptions(
                home, dataDir, port, gateways, trainers, predictors, cleanStart, archive, settings, limit, registry);
    }

    public PlatformOptions withRegistry(PlatformRegistry other) {
        return new PlatformOptions(
                home,
                dataDir,
                port,
                gateways,
                trainers,
                predictors,
                cleanStart,
                archive,
                settings,
                startTimeout,
                other);
    }
}
