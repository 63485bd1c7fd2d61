package dev.trainyard.artifact;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the result of the last check of the artifact store, so that a health check need not wait for one. */
public final class StorageMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(StorageMonitor.class);

    private final ArtifactBackend store;
    private volatile @Nullable String problem;
    private volatile boolean reached;

    public StorageMonitor(ArtifactBackend store) {
        this.store = store;
    }

    /**
     * Checks the store before the service starts. A store that does not answer is no reason not to start.
     *
     * @throws StorageRefusedException if the settings have to change first
     */
    public void start() throws StorageRefusedException {
        try {
            store.check();
            reached = true;
        } catch (StorageRefusedException e) {
            throw e;
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Checks the store. */
    public void check() {
        try {
            store.check();
            if (problem != null) {
                LOG.info("the artifact store {} is available again", store.location());
            }
            problem = null;
            reached = true;
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(IOException e) {
        String sentence = String.valueOf(e.getMessage());
        if (problem == null) {
            LOG.warn("the artifact store cannot be used: {}", sentence);
        }
        problem = sentence;
    }

    /** Returns why the store could not be used at the last check; null if it could. */
    public @Nullable String problem() {
        return problem;
    }

    /** Returns true if a check has succeeded since the start. */
    public boolean wasReached() {
        return reached;
    }
}
