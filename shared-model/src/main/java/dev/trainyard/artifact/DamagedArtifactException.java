package dev.trainyard.artifact;

import java.io.IOException;

/** The content of an artifact does not match its hash. */
public final class DamagedArtifactException extends IOException {
    public DamagedArtifactException(ArtifactRef expected, String actualSha256, long actualSize) {
        super("artifact %s is damaged: expected %d bytes with SHA-256 %s, found %d bytes with %s"
                .formatted(expected.path(), expected.size(), expected.sha256(), actualSize, actualSha256));
    }
}
