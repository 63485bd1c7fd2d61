package dev.trainyard.artifact;

import java.io.IOException;

/** Where checkpoints and models live; every worker and gateway sees the same store. */
public interface ArtifactStore {

    /**
     * Writes {@code bytes} so that a reader finds either all of them or nothing: temp file, fsync, rename.
     *
     * @throws IOException if they could not be made durable
     */
    ArtifactRef write(String path, byte[] bytes) throws IOException;

    /**
     * Reads an artifact and checks it against its hash.
     *
     * @throws DamagedArtifactException if its bytes are not those that were written
     * @throws IOException if it is missing or unreadable
     */
    byte[] read(ArtifactRef ref) throws IOException;

    /** Removes what lies at {@code path}; nothing happens if there is nothing. */
    void delete(String path) throws IOException;
}
