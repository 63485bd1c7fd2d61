package dev.trainyard.standalone.platform;

import java.nio.file.Path;

/**
 * What a platform is made of.
 *
 * @param home the clone, with the services built
 * @param port of the first gateway; null for the default or the next free one
 */
public record PlatformOptions(Path home, Path dataDir, Integer port, int gateways, int trainers, int predictors) {}
