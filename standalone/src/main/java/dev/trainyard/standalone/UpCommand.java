package dev.trainyard.standalone;

import dev.trainyard.launch.PlatformRegistry;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trainyard up}: runs the platform until Ctrl-C or SIGTERM. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts the whole platform on this machine and keeps it running until Ctrl-C.")
final class UpCommand implements Callable<Integer> {
    private static final int MAX_INSTANCES = 64;

    @Option(names = "--port", description = "Port of the first gateway. Default: 8080, or the next free one.")
    private Integer port;

    @Option(names = "--data-dir", description = "Folder for all persistent data. Default: .trainyard in the clone.")
    private Path dataDir;

    @Option(names = "--gateways", defaultValue = "1", description = "Number of gateways (default ${DEFAULT-VALUE}).")
    private int gateways;

    @Option(names = "--trainers", defaultValue = "1", description = "Number of trainers (default ${DEFAULT-VALUE}).")
    private int trainers;

    @Option(
            names = "--predictors",
            defaultValue = "1",
            description = "Number of predictors (default ${DEFAULT-VALUE}).")
    private int predictors;

    @Option(
            names = "--brokers",
            defaultValue = "1",
            description = "Number of Kafka brokers, 1 or 3, fixed with the data folder (default ${DEFAULT-VALUE}).")
    private int brokers;

    @Option(
            names = "--start-timeout",
            converter = DurationConverter.class,
            paramLabel = "TIME",
            description = "Stop if the platform is not ready after this time, such as 90s or 10m. Default: never.")
    private Duration startTimeout;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        NumberRange.check(spec, "--port", port == null ? 1 : port, 1, 65_535);
        NumberRange.check(spec, "--gateways", gateways, 1, MAX_INSTANCES);
        NumberRange.check(spec, "--trainers", trainers, 0, MAX_INSTANCES);
        NumberRange.check(spec, "--predictors", predictors, 0, MAX_INSTANCES);
        NumberRange.checkBrokers(spec, brokers);
        Path home = HomeDirectory.path();
        Path data = dataDir == null ? home.resolve(".trainyard") : dataDir;
        PlatformOptions options = new PlatformOptions(home, data, port, gateways, trainers, predictors)
                .withBrokers(brokers)
                .withStartTimeout(startTimeout)
                .withRegistry(PlatformRegistry.ofUser(System.getenv()));
        TerminationSignal stop = TerminationSignal.install();
        try (Platform platform = Platform.start(options, System.out::println)) {
            printStartMessage(platform);
            platform.followWorkers();
            if (trainers + predictors > 0) {
                System.out.println("All trainers and predictors are ready.");
            }
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // handled below: stopping on request is a success
        } catch (IOException | RuntimeException e) {
            if (!stop.isReceived()) {
                throw e;
            }
        }
        System.out.println("Trainyard has stopped.");
        return 0;
    }

    private static void printStartMessage(Platform platform) {
        platform.urls().stream().skip(1).forEach(url -> System.out.println("Another gateway: " + url));
        System.out.println("Trainyard is ready at " + platform.url());
        System.out.println("  try the API at " + platform.url() + "/q/swagger-ui; logs are in "
                + platform.dataDir().resolve("log") + "; Ctrl-C stops all");
        if (!platform.url().endsWith(":" + Ports.DEFAULT)) {
            System.out.println("  export TRAINYARD_SERVER=" + platform.url());
        }
        List<String> starting = platform.startingWorkers();
        if (!starting.isEmpty()) {
            System.out.println("Still starting: %s. Jobs and predictions wait until they are ready."
                    .formatted(String.join(", ", starting)));
        }
    }
}
