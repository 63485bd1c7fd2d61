package dev.trainyard.cli.gateway;

import dev.trainyard.cli.error.CommandException;
import dev.trainyard.launch.PlatformRegistry;
import dev.trainyard.launch.RunningPlatform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Platforms that {@code ./trainyard up} runs for this user on this machine. */
public final class LocalPlatforms {
    private LocalPlatforms() {}

    /**
     * Address of the platform to use if the user named none; the default address if no platform runs. A platform of
     * another clone is marked as such.
     */
    static ServerAddress address() throws CommandException {
        Path home = Path.of(System.getProperty("trainyard.home", "."))
                .toAbsolutePath()
                .normalize();
        return choose(running(), home);
    }

    /** Returns the platform whose gateway is at {@code server}. */
    public static Optional<RunningPlatform> at(String server) {
        for (RunningPlatform platform : running()) {
            if (platform.url().equals(server)) {
                return Optional.of(platform);
            }
        }
        return Optional.empty();
    }

    /**
     * Chooses the only platform, or the only one of the clone {@code home}, or the one at the default address.
     *
     * @throws CommandException if the choice is ambiguous
     */
    static ServerAddress choose(List<RunningPlatform> running, Path home) throws CommandException {
        List<RunningPlatform> ofClone = new ArrayList<>();
        for (RunningPlatform platform : running) {
            if (platform.home().equals(home)) {
                ofClone.add(platform);
            }
        }
        List<RunningPlatform> likely = ofClone.isEmpty() ? running : ofClone;
        if (likely.size() == 1) {
            return address(likely.get(0), home);
        }
        List<String> known = new ArrayList<>();
        for (RunningPlatform platform : likely) {
            if (platform.url().equals(ServerAddress.DEFAULT)) {
                return address(platform, home);
            }
            known.add("%s (data in %s)".formatted(platform.url(), platform.dataDir()));
        }
        if (known.isEmpty()) {
            return new ServerAddress(ServerAddress.DEFAULT, null);
        }
        throw CommandException.usage(
                "%d platforms are running on this machine: %s.".formatted(known.size(), String.join(", ", known)),
                "Choose one with --server or TRAINYARD_SERVER.");
    }

    private static ServerAddress address(RunningPlatform platform, Path home) {
        return new ServerAddress(platform.url(), platform.home().equals(home) ? null : platform.home());
    }

    private static List<RunningPlatform> running() {
        return PlatformRegistry.ofUser(System.getenv()).running();
    }
}
