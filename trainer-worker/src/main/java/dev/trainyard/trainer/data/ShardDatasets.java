package dev.trainyard.trainer.data;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.StorageUnavailableException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datasets as TFRecord shards in folders below one directory. The last dataset stays in memory for the next job and is
 * reloaded when its manifest has another digest.
 */
public final class ShardDatasets implements Datasets {
    private static final Logger LOG = LoggerFactory.getLogger(ShardDatasets.class);
    /** Folder name by the dataset's name in a training configuration. */
    private static final Map<String, String> FOLDERS = Map.of("MnistDataset", DatasetConverter.MNIST);

    private final Path directory;
    private final Optional<Path> mnistSource;
    private final Optional<DatasetDownload> download;
    private @Nullable TrainingData kept;

    /** @param mnistSource npz archive, converted if its shards are missing */
    public ShardDatasets(Path directory, Optional<Path> mnistSource) {
        this(directory, mnistSource, Optional.empty());
    }

    /**
     * @param mnistSource npz archive, converted if its shards are missing
     * @param shared store with the shards, from which missing ones are copied
     */
    public static ShardDatasets of(Path directory, Optional<Path> mnistSource, Optional<ArtifactBackend> shared) {
        return new ShardDatasets(directory, mnistSource, shared.map(DatasetDownload::new));
    }

    ShardDatasets(Path directory, Optional<Path> mnistSource, Optional<DatasetDownload> download) {
        this.download = download;
        this.directory = directory;
        this.mnistSource = mnistSource;
    }

    @Override
    public void prepare() throws IOException {
        if (download.isPresent()) {
            for (String folder : FOLDERS.values()) {
                copy(download.get(), folder);
            }
        }
    }

    private void copy(DatasetDownload download, String folder) throws IOException {
        try {
            download.ensure(folder, directory.resolve(folder));
        } catch (StorageUnavailableException e) {
            throw e;
        } catch (IOException e) {
            // jobs that need it fail with a message of their own
            LOG.warn("the dataset {} cannot be copied to this machine: {}", folder, e.toString());
        }
    }

    @Override
    public synchronized TrainingData load(String name) throws IOException {
        String folderName = FOLDERS.get(name);
        if (folderName == null) {
            throw new DatasetException(directory, "no dataset of the name " + name + " is known to this worker");
        }
        Path folder = directory.resolve(folderName);
        if (download.isPresent()) {
            copy(download.get(), folderName); // it may have been added since the start
        }
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
