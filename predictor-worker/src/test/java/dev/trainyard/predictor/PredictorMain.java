package dev.trainyard.predictor;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sun.misc.Signal;

/** A predictor in a separate process, which a model may end. */
final class PredictorMain {
    private PredictorMain() {}

    /** @param args name, folder, Kafka's address */
    public static void main(String[] args) throws InterruptedException {
        Map<String, Object> kafka = Map.of("bootstrap.servers", args[2]);
        PredictorProcess predictor = new PredictorProcess(
                args[0],
                TestSettings.in(Path.of(args[1])),
                kafka,
                new TestReportChannel(kafka),
                new SimpleMeterRegistry());
        Signal.handle(new Signal("TERM"), signal -> {
            predictor.close();
            System.exit(0);
        });
        predictor.start();
        Thread.currentThread().join();
    }

    static List<String> command(String name, Path dir, String bootstrapServers, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-XX:-CreateCoredumpOnCrash"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                PredictorMain.class.getName(),
                name,
                dir.toString(),
                bootstrapServers));
        return command;
    }
}
