package dev.trainyard.standalone;

import dev.trainyard.standalone.demo.DemoRun;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trainyard demo}: trains and predicts once on a temporary platform. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts the platform, trains lenet5 for 2 epochs, predicts an image, stops everything.")
final class DemoCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Option(names = "--port", description = "Port of the gateway. Default: 8080, or the next free one.")
    private Integer port;

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
        Path home = HomeDirectory.path();
        // separate from the data of a running "up"
        PlatformOptions options = new PlatformOptions(home, home.resolve(".trainyard/demo"), port, 1, 1, 1)
                .withCleanStart()
                // it listens on loopback, and its client has no token
                .withSettings(Map.of("TRAINYARD_AUTH_MODE", "none"))
                .withStartTimeout(startTimeout);
        TerminationSignal stop = TerminationSignal.install();
        try (Platform platform = Platform.start(options, System.out::println)) {
            platform.awaitWorkers();
            System.out.println("Trainyard is ready at " + platform.url());
            new DemoRun(
                            platform.url(),
                            home.resolve("example/8.png"),
                            System.out,
                            Boolean.getBoolean("trainyard.terminal"))
                    .run();
            printNextSteps(platform.url());
        } catch (InterruptedException e) {
            System.err.println("The demo was stopped before its end.");
            return INTERRUPTED;
        } catch (IOException | RuntimeException e) {
            if (!stop.isReceived()) {
                throw e;
            }
            System.err.println("The demo was stopped before its end.");
            return INTERRUPTED;
        }
        System.out.println("The demo is done and everything has stopped.");
        return 0;
    }

    private static void printNextSteps(String url) {
        System.out.println("To go on, run ./trainyard up and try:");
        for (String path : new String[] {"/q/swagger-ui", "/api/v1/train", "/api/v1/models", "/q/health/ready"}) {
            System.out.println("  " + url + path);
        }
    }
}
