package dev.trainyard.trainer.data;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileTree;
import dev.trainyard.dataset.DatasetException;
import dev.trainyard.dataset.DatasetManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies datasets from a store that all trainers share to this machine, each once. */
final class DatasetDownload {
    private static final Logger LOG = LoggerFactory.getLogger(DatasetDownload.class);

    private final ArtifactBackend store;

    DatasetDownload(ArtifactBackend store) {
        this.store = store;
    }

    /**
     * Copies the dataset {@code name} to {@code folder} unless it is there. All shards are checked against the manifest's
     * hashes.
     *
     * @throws IOException if the store lacks it or does not answer
     */
    void ensure(String name, Path folder) throws IOException {
        if (Files.exists(folder.resolve(DatasetManifest.FILE))) {
            return;
        }
        byte[] json = store.readDescription(name + "/" + DatasetManifest.FILE);
        Path parent = Files.createDirectories(
                Objects.requireNonNull(folder.toAbsolutePath().getParent()));
        Path part = Files.createTempDirectory(parent, name + ".part-");
        try {
            Files.write(part.resolve(DatasetManifest.FILE), json);
            DatasetManifest manifest = DatasetManifest.read(part);
            for (DatasetManifest.Shard shard : manifest.shards()) {
                Path target = part.resolve(shard.file());
                if (!part.equals(target.normalize().getParent())) {
                    throw new DatasetException(folder, "its manifest names a file outside of it: " + shard.file());
                }
                store.copy(new ArtifactRef(name + "/" + shard.file(), shard.sha256(), shard.bytes()), target);
            }
            moveInPlace(part, folder);
            LOG.info("the dataset {} was copied from {}", name, store.location());
        } finally {
            FileTree.delete(part);
        }
    }

    /** Another trainer of this machine may have been faster. */
    private static void moveInPlace(Path part, Path folder) throws IOException {
        try {
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.exists(folder.resolve(DatasetManifest.FILE))) {
                throw e;
            }
        }
    }
}
