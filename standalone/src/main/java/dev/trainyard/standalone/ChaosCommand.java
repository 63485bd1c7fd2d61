package dev.trainyard.standalone;

import dev.trainyard.standalone.chaos.ChaosRun;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code trainyard chaos}: kills and freezes everything while a client submits, then says what was lost. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Kills and freezes every process of a platform of its own while a client submits jobs.")
final class ChaosCommand implements Callable<Integer> {
    /** With a heartbeat each second, a contact limit of three of them and the lease above it. */
    private static final int SHORTEST_LEASE_SECONDS = 4;

    @Option(names = "--minutes", defaultValue = "5", description = "How long (default ${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--seed", defaultValue = "1", description = "Which faults, in which order.")
    private long seed;

    @Option(names = "--lease-seconds", defaultValue = "10", description = "Lease of a run (default ${DEFAULT-VALUE}).")
    private int leaseSeconds;

    @Option(names = "--data-dir", description = "Default: .trainyard/chaos in the clone. Emptied first.")
    private Path dataDir;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        NumberRange.check(spec, "--minutes", minutes, 1, Integer.MAX_VALUE);
        NumberRange.check(spec, "--lease-seconds", leaseSeconds, SHORTEST_LEASE_SECONDS, Integer.MAX_VALUE);
        Path home = HomeDirectory.path();
        Path data = dataDir == null ? home.resolve(".trainyard/chaos") : dataDir;
        PlatformOptions options = new PlatformOptions(home, data, null, 2, 2, 1)
                .withCleanStart()
                .withSettings(Map.of(
                        "TRAINYARD_LEASE_DURATION",
                        leaseSeconds + "s",
                        "TRAINYARD_CONTACT_LIMIT",
                        leaseSeconds * 3 / 4 + "s",
                        "TRAINYARD_HEARTBEAT_INTERVAL",
                        "1s",
                        "TRAINYARD_REAPER_PERIOD",
                        "1s",
                        // a process here lives too briefly to earn back what its best code costs to compile
                        "TRAINYARD_JAVA_OPTS",
                        "-XX:TieredStopAtLevel=1"));
        TerminationSignal.install(); // interrupts this thread, so that the platform is stopped
        ChaosRun chaos = new ChaosRun(
                options, Duration.ofSeconds(leaseSeconds), Duration.ofMinutes(minutes), seed, System.out::println);
        return chaos.run() ? 0 : 1;
    }
}
