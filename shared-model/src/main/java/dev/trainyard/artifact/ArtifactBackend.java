package dev.trainyard.artifact;

import java.io.IOException;
import java.nio.file.Path;

/** An artifact store with all that the services need besides reading and writing. */
public interface ArtifactBackend extends ArtifactStore, AutoCloseable {
    int MOST_DESCRIPTION = 1 << 20;

    /**
     * Returns a file with the content of an artifact, checked against its hash, so that it can be sent without reading
     * it into memory. The file is the artifact itself or a local copy.
     *
     * @throws DamagedArtifactException if the content does not match the hash
     * @throws IOException if it is missing or unreadable
     */
    Path checkedFile(ArtifactRef ref) throws IOException;

    /**
     * Writes the content of an artifact to {@code target}, checked against its hash. The file is incomplete if this
     * fails.
     */
    void copy(ArtifactRef ref, Path target) throws IOException;

    /**
     * Reads a file that describes others and whose hash is not known; at most {@link #MOST_DESCRIPTION} bytes.
     *
     * @throws java.nio.file.NoSuchFileException if it does not exist
     */
    byte[] readDescription(String path) throws IOException;

    ArtifactListing listing();

    /**
     * Checks that the store can be used.
     *
     * @throws StorageRefusedException if its settings or permissions have to change first
     * @throws StorageUnavailableException if it does not answer
     */
    void check() throws IOException;

    /** Returns its location, for messages. */
    String location();

    @Override
    void close();
}
