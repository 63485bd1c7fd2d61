package dev.trainyard.benchmarks.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Retrains the bundled model with the configuration in its metadata, and replaces its files. */
public final class BundledModel {
    private BundledModel() {}

    /** Resource folder of the gateway that holds the model. */
    public static Path folder(Path home) {
        return home.resolve("api-gateway/src/main/resources/bundled/DigitModel");
    }

    /** @param home the clone */
    public static void train(Path home) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + home.resolve("trainer-worker/src/main/jvm/trainer.args"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BundledModelTrainer.class.getName()));
        command.add(home.toString());
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("OMP_NUM_THREADS", "1");
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException("the training ended with status " + status);
        }
    }
}
