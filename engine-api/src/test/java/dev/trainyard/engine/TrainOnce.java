package dev.trainyard.engine;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Trains one epoch in a separate process and prints the digest of the checkpoint. */
final class TrainOnce {
    static final NetworkSpec SPEC = TrainingEngineContract.withDropout();
    static final TrainArgs ARGS = TrainingEngineContract.args(1, Optimizer.ADAM, 17);
    private static final String MARK = "digest ";

    private TrainOnce() {}

    public static void main(String[] args) {
        System.out.println(MARK + digest(engine(args[0]), SPEC, ARGS));
    }

    static TrainingEngine engine(String id) {
        return ServiceLoader.load(TrainingEngine.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(engine -> engine.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static String digest(TrainingEngine engine, NetworkSpec spec, TrainArgs args) {
        try (EngineRun run = engine.start(spec, args)) {
            run.trainEpoch(Digits.train(200), (samples, loss) -> {});
            return FileArtifactStore.sha256(run.checkpoint());
        }
    }

    /** Runs {@link #main} with the options and classes of this process. */
    static String inAnotherProcess(String engine) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrainOnce.class.getName(), engine));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith(MARK))
                .map(line -> line.substring(MARK.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(output));
    }
}
