package dev.trainyard.launch;

import java.nio.file.Path;

/**
 * A platform that a launcher of this user runs on this machine.
 *
 * @param url of its first gateway
 * @param dataDir where its data and logs are
 * @param home the clone that it was started from
 */
public record RunningPlatform(String url, Path dataDir, Path home) {}
