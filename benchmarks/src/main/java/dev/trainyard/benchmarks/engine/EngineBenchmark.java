package dev.trainyard.benchmarks.engine;

import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.platform.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** lenet5, batch 32: compares the trainer's loop to a bare {@code fit} loop, and to DL4J with default settings. */
public final class EngineBenchmark {
    private static final int TURNS = 3;

    private EngineBenchmark() {}

    /** @param home the clone */
    public static void run(Path home) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("trainyard-benchmark");
        int port = Ports.free();
        Map<String, List<Double>> rates = new HashMap<>();
        try (KafkaNode kafka = KafkaNode.start(folder.resolve("kafka"), port, Ports.free())) {
            String broker = "127.0.0.1:" + port;
            TopicInstaller.install(Map.of("bootstrap.servers", broker), 30);
            // in turns, so that noise of the machine affects both
            for (int turn = 0; turn < TURNS; turn++) {
                worker(home, List.of(), Map.of(), List.of("bare", "2", "-", "-"), rates);
                worker(
                        home,
                        List.of("@" + home.resolve("trainer-worker/src/main/jvm/trainer.args")),
                        Map.of(
                                "OMP_NUM_THREADS", "1",
                                "MALLOC_TRIM_THRESHOLD_", "1073741824",
                                "MALLOC_MMAP_THRESHOLD_", "1073741824"),
                        List.of("both", "2", broker, folder.toString()),
                        rates);
            }
        }
        double ours = Table.median(rates.getOrDefault("ours", List.of()));
        row("our loop against DL4J's defaults", ours, Table.median(rates.getOrDefault("defaults", List.of())), "≥ 3.5");
        row(
                "our loop against a bare fit loop with the fix",
                ours,
                Table.median(rates.getOrDefault("bare", List.of())),
                "≥ 0.95");
    }

    private static void row(String what, double ours, double other, String target) {
        Table.row(
                "train lenet5, batch 32: " + what,
                Table.format("%,.0f samples/s", ours),
                Table.format("%,.0f samples/s", other),
                Table.format("%.2f", ours / other),
                target);
    }

    private static void worker(
            Path home,
            List<String> options,
            Map<String, String> environment,
            List<String> arguments,
            Map<String, List<Double>> rates)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EngineBenchmarkProcess.class.getName()));
        command.add(arguments.get(0));
        command.add(home.resolve("data/mnist.npz").toString());
        command.addAll(arguments.subList(1, arguments.size()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.matches("(bare|ours|defaults) [0-9.E]+")) {
                    String[] parts = line.split(" ");
                    rates.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(Double.parseDouble(parts[1]));
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException("a JVM of the benchmark ended with status " + process.exitValue());
        }
    }
}
