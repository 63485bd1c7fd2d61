package dev.trainyard.trainer.faults;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An artifact store for tests that injects failures: each {@link Fault} whose file exists in a folder is triggered by
 * the next matching write. The file may contain a substring that the written path must match.
 */
public final class FaultyArtifactStore implements ArtifactStore {
    private static final Logger LOG = LoggerFactory.getLogger(FaultyArtifactStore.class);
    /** Exit status of {@code kill -9}. */
    private static final int KILLED = 137;

    private final ArtifactStore store;
    private final Path folder;
    private final Runnable die;
    private final Runnable hang;

    FaultyArtifactStore(ArtifactStore store, Path folder, Runnable die, Runnable hang) {
        this.store = store;
        this.folder = folder;
        this.die = die;
        this.hang = hang;
    }

    /** @param folder folder of the fault files */
    public static ArtifactStore around(ArtifactStore store, Path folder) {
        LOG.warn("for tests only: this trainer fails as the files in {} say", folder);
        return new FaultyArtifactStore(
                store, folder, () -> Runtime.getRuntime().halt(KILLED), FaultyArtifactStore::waitForever);
    }

    private static void waitForever() {
        while (true) {
            LockSupport.park(); // ignores interrupts, like native code
        }
    }

    @Override
    public ArtifactRef write(String path, byte[] bytes) throws IOException {
        if (isDue(Fault.HANG, path)) {
            hang.run();
        }
        if (path.contains("/checkpoint-") && isDue(Fault.HALF_CHECKPOINT, path)) {
            if (store instanceof FileArtifactStore files) { // other stores have no temp files
                Files.write(
                        files.temporary(path),
                        Arrays.copyOf(bytes, bytes.length / 2),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.SYNC);
            }
            die.run();
        }
        ArtifactRef written = store.write(path, bytes);
        if (path.endsWith("/model.json") && isDue(Fault.MODEL_WRITTEN, path)) {
            die.run();
        }
        return written;
    }

    /** Returns true if the fault is due and removes its file, so that it happens only once across restarts. */
    private boolean isDue(Fault fault, String path) throws IOException {
        Path file = folder.resolve(fault.fileName());
        try {
            boolean due = path.contains(Files.readString(file).strip()) && Files.deleteIfExists(file);
            if (due) {
                LOG.warn("{} at {}", fault.fileName(), path);
            }
            return due;
        } catch (NoSuchFileException e) {
            return false; // not enabled
        }
    }

    @Override
    public byte[] read(ArtifactRef ref) throws IOException {
        return store.read(ref);
    }

    @Override
    public void delete(String path) throws IOException {
        store.delete(path);
    }
}
