package dev.trainyard.standalone.platform;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a platform is made of.
 *
 * @param home the clone, with the services built
 * @param port of the first gateway; null for the default or the next free one
 * @param afresh whether what an earlier start left in {@code dataDir} is deleted first
 * @param archive of the images, as MNIST's npz
 * @param settings of all services, as environment variables
 */
public record PlatformOptions(
        Path home,
        Path dataDir,
        Integer port,
        int gateways,
        int trainers,
        int predictors,
        boolean afresh,
        Path archive,
        Map<String, String> settings) {

    public PlatformOptions(Path home, Path dataDir, Integer port, int gateways, int trainers, int predictors) {
        this(home, dataDir, port, gateways, trainers, predictors, false, home.resolve("data/mnist.npz"), Map.of());
    }

    public PlatformOptions with(Map<String, String> otherSettings) {
        return new PlatformOptions(home, dataDir, port, gateways, trainers, predictors, afresh, archive, otherSettings);
    }

    public PlatformOptions startingAfresh() {
        return new PlatformOptions(home, dataDir, port, gateways, trainers, predictors, true, archive, settings);
    }

    public PlatformOptions withArchive(Path otherArchive) {
        return new PlatformOptions(home, dataDir, port, gateways, trainers, predictors, afresh, otherArchive, settings);
    }
}
