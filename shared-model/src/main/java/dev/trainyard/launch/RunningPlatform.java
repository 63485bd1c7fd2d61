package dev.trainyard.launch;

import java.nio.file.Path;

/**
 * A running platform of this user on this machine.
 *
 * @param url URL of its first gateway
 * @param dataDir folder with data and logs
 * @param home the repository clone from which it was started
 */
public record RunningPlatform(String url, Path dataDir, Path home) {}
