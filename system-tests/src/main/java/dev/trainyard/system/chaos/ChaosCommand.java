package dev.trainyard.system.chaos;

import dev.trainyard.standalone.HomeDirectory;
import dev.trainyard.standalone.NumberRange;
import dev.trainyard.standalone.TerminationSignal;
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

/**
 * {@code trainyard chaos}: kills and freezes processes while three projects submit jobs, then verifies every accepted job.
 */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Kills and freezes processes of a temporary platform while three projects submit jobs.")
final class ChaosCommand implements Callable<Integer> {
    /** Heartbeats are sent every second, the contact limit is three of them, and the lease must be longer. */
    private static final int SHORTEST_LEASE_SECONDS = 4;

    @Option(names = "--minutes", defaultValue = "5", description = "Duration in minutes (default ${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the random faults.")
    private long seed;

    @Option(names = "--lease-seconds", defaultValue = "10", description = "Lease of a run (default ${DEFAULT-VALUE}).")
    private int leaseSeconds;

    @Option(
            names = "--brokers",
            defaultValue = "1",
            description = "Number of Kafka brokers, 1 or 3 (default ${DEFAULT-VALUE}).")
    private int brokers;

    @Option(names = "--data-dir", description = "Default: .trainyard/chaos in the clone. Emptied first.")
    private Path dataDir;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        NumberRange.check(spec, "--minutes", minutes, 1, Integer.MAX_VALUE);
        NumberRange.check(spec, "--lease-seconds", leaseSeconds, SHORTEST_LEASE_SECONDS, Integer.MAX_VALUE);
        NumberRange.checkBrokers(spec, brokers);
        Path home = HomeDirectory.path();
        Path data = dataDir == null ? home.resolve(".trainyard/chaos") : dataDir;
        PlatformOptions options = new PlatformOptions(home, data, null, 2, 2, 1)
                .withBrokers(brokers)
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
                        "TRAINYARD_SCHEDULING_PREEMPTION",
                        "true",
                        // the processes are killed too soon to profit from the optimising compiler
                        "TRAINYARD_JAVA_OPTS",
                        "-XX:TieredStopAtLevel=1",
                        // but the vector engine needs it
                        "TRAINYARD_TRAINER_JAVA_OPTS",
                        "-XX:TieredStopAtLevel=4"));
        TerminationSignal.install(); // interrupts this thread, so that the platform is closed
        ChaosRun chaos = new ChaosRun(
                options, Duration.ofSeconds(leaseSeconds), Duration.ofMinutes(minutes), seed, System.out::println);
        return chaos.run() ? 0 : 1;
    }
}
