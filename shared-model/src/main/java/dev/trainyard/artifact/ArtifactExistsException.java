package dev.trainyard.artifact;

import java.io.IOException;

/** The path of a new artifact holds another one, which stays as it is. */
public final class ArtifactExistsException extends IOException {
    public ArtifactExistsException(String path) {
        super("artifact %s exists already with other content, and artifacts are never replaced".formatted(path));
    }
}
