package dev.trainyard.trainer.data;

import dev.trainyard.dataset.DatasetConverter;
import dev.trainyard.dataset.DatasetException;
import dev.trainyard.dataset.DatasetManifest;
import dev.trainyard.dataset.Split;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.TrainingData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Datasets as TFRecord shards in folders below one directory. What was read last stays in memory for the next job and is
 * read again when its manifest names other bytes.
 */
public final class ShardDatasets implements Datasets {
    /** Name in a training configuration to name of the folder. */
    private static final Map<String, String> FOLDERS = Map.of("MnistDataset", DatasetConverter.MNIST);

    private final Path directory;
    private final Optional<Path> mnistSource;
    private TrainingData kept;

    /** @param mnistSource npz archive that is converted where its shards are missing */
    public ShardDatasets(Path directory, Optional<Path> mnistSource) {
        this.directory = directory;
        this.mnistSource = mnistSource;
    }

    @Override
    public synchronized TrainingData load(String name) throws IOException {
        String folderName = FOLDERS.get(name);
        if (folderName == null) {
            throw new DatasetException(directory, "no dataset of the name " + name + " is known to this worker");
        }
        Path folder = directory.resolve(folderName);
        DatasetManifest manifest = mnistSource.isPresent()
                ? DatasetConverter.ensure(mnistSource.get(), folder)
                : DatasetManifest.read(folder);
        if (kept == null || !kept.digest().equals(manifest.digest())) {
            kept = null; // both need not be in memory
            kept = new TrainingData(
                    manifest.load(folder, Split.TRAIN),
                    manifest.load(folder, Split.TEST),
                    manifest.classes(),
                    manifest.digest());
        }
        return kept;
    }
}
