package dev.trainyard.cli.gateway;

import dev.trainyard.cli.CommandFailure;
import dev.trainyard.launch.PlatformRegistry;
import dev.trainyard.launch.RunningPlatform;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The platforms that {@code ./trainyard up} runs for this user on this machine. */
public final class LocalPlatforms {
    private LocalPlatforms() {}

    /** The gateway of the one that is meant where nothing is said; the default address where none runs. */
    static String url() throws CommandFailure {
        Path home = Path.of(System.getProperty("trainyard.home", "."))
                .toAbsolutePath()
                .normalize();
        return choose(running(), home);
    }

    /** The one whose gateway is at {@code server}. */
    public static Optional<RunningPlatform> at(String server) {
        return running().stream()
                .filter(platform -> platform.url().equals(server))
                .findFirst();
    }

    /**
     * The only one, or the only one of the clone {@code home}, or the one at the default address.
     *
     * @throws CommandFailure if none of that says which one is meant
     */
    static String choose(List<RunningPlatform> running, Path home) throws CommandFailure {
        List<RunningPlatform> ofClone = running.stream()
                .filter(platform -> platform.home().equals(home))
                .toList();
        List<RunningPlatform> likely = ofClone.isEmpty() ? running : ofClone;
        if (likely.size() == 1) {
            return likely.get(0).url();
        }
        if (likely.isEmpty()
                || likely.stream().anyMatch(platform -> platform.url().equals(ServerAddress.DEFAULT))) {
            return ServerAddress.DEFAULT;
        }
        throw CommandFailure.usage(
                "%d platforms run on this machine: %s."
                        .formatted(
                                likely.size(),
                                likely.stream()
                                        .map(platform ->
                                                "%s (data in %s)".formatted(platform.url(), platform.dataDir()))
                                        .collect(Collectors.joining(", "))),
                "Say which one is meant with --server or TRAINYARD_SERVER.");
    }

    private static List<RunningPlatform> running() {
        return PlatformRegistry.ofUser(System.getenv()).running();
    }
}
