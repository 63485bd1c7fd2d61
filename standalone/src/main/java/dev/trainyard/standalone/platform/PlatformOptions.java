package dev.trainyard.standalone.platform;

import java.nio.file.Path;

/**
 * What a platform is made of.
 *
 * @param home the clone, with the services built
 * @param port of the first gateway; null for the default or the next free one
 * @param afresh whether what an earlier start left in {@code dataDir} is deleted first
 */
public record PlatformOptions(
        Path home, Path dataDir, Integer port, int gateways, int trainers, int predictors, boolean afresh) {

    public PlatformOptions(Path home, Path dataDir, Integer port, int gateways, int trainers, int predictors) {
        this(home, dataDir, port, gateways, trainers, predictors, false);
    }

    public PlatformOptions startingAfresh() {
        return new PlatformOptions(home, dataDir, port, gateways, trainers, predictors, true);
    }
}
