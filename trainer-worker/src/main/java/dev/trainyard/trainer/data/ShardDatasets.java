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
import org.jspecify.annotations.Nullable;

/**
 * Datasets as TFRecord shards in folders below one directory. The last dataset stays in memory for the next job and is
 * reloaded when its manifest has another digest.
 */
public final class ShardDatasets implements Datasets {
    /** Folder name by the dataset's name in a training configuration. */
    private static final Map<String, String> FOLDERS = Map.of("MnistDataset", DatasetConverter.MNIST);

    private final Path directory;
    private final Optional<Path> mnistSource;
    private @Nullable TrainingData kept;

    /** @param mnistSource npz archive, converted if its shards are missing */
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
            kept = null; // avoids holding both datasets in memory
            kept = new TrainingData(
                    manifest.load(folder, Split.TRAIN),
                    manifest.load(folder, Split.TEST),
                    manifest.classes(),
                    manifest.digest());
        }
        return kept;
    }
}
