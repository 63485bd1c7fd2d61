package dev.trainyard.artifact;

import java.io.IOException;

/** Storage for checkpoints and models; all workers and gateways share one store. */
public interface ArtifactStore {

    /**
     * Writes {@code bytes} atomically and durably: a reader sees all of them or nothing. What is written stays: writing
     * the same bytes again only makes the artifact young again, other bytes are refused.
     *
     * @throws ArtifactExistsException if the path holds other bytes
     * @throws IOException if the bytes could not be made durable
     */
    ArtifactRef write(String path, byte[] bytes) throws IOException;

    /**
     * Reads an artifact and checks it against its hash.
     *
     * @throws DamagedArtifactException if the content does not match the hash
     * @throws IOException if it is missing or unreadable
     */
    byte[] read(ArtifactRef ref) throws IOException;

    /** Deletes the file at {@code path}; does nothing if there is none. */
    void delete(String path) throws IOException;
}
