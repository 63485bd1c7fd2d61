package dev.trainyard.benchmarks.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import dev.trainyard.benchmarks.engine.LocalTraining;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.trainer.data.ShardDatasets;
import dev.trainyard.trainer.run.Engines;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Main class of one JVM that runs a whole job as a trainer does. Arguments: engine, network, images of an epoch,
 * epochs, folder of the datasets.
 */
public final class OwnTrainingProcess {
    private OwnTrainingProcess() {}

    public static void main(String[] args) throws Exception {
        int images = Integer.parseInt(args[2]);
        Cores cores = new Cores();
        LocalTraining.Published published = LocalTraining.run(
                new ShardDatasets(Path.of(args[4]), Optional.empty()),
                Engines.found(List.of(args[0]), 1),
                config(args[1], args[3]),
                epoch -> System.out.println(
                        MeasuredTraining.RATE + " " + images / epoch.seconds() + " " + cores.sinceLastCall()));
        System.out.println(MeasuredTraining.ACCURACY + " "
                + published.metadata().metrics().test().accuracy());
        System.exit(0); // native threads would keep the JVM alive
    }

    private static TrainingConfig config(String network, String epochs) throws IOException {
        String json = """
                {"dataset": "MnistDataset", "model": "DigitModel", "network": "%s", "dataset_args": {"image_size": [28, 28]},
                 "train_args": {"batch_size": 32, "epochs": %s, "learning_rate": 0.001, "validation_split": 0}}""".formatted(network, epochs);
        return ((TrainingConfigReader.Valid) TrainingConfigReader.read(new ObjectMapper().readTree(json))).config();
    }

    /** Processor time of this process divided by the time. */
    private static final class Cores {
        private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        private long wall = System.nanoTime();
        private long processor = system.getProcessCpuTime();

        double sinceLastCall() {
            long wallNow = System.nanoTime();
            long processorNow = system.getProcessCpuTime();
            double cores = (processorNow - processor) / (double) (wallNow - wall);
            wall = wallNow;
            processor = processorNow;
            return cores;
        }
    }
}
