package dev.trainyard.storage;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Artifact store of checkpoints and models, shared by all services. */
public interface ArtifactSettings {
    /** Directory of the store, if there is no URI. */
    @WithDefault(".trainyard/artifacts")
    Path dir();

    /** {@code file:DIRECTORY} or {@code s3://BUCKET/PREFIX}. */
    Optional<String> uri();

    S3 s3();

    /** How a store in S3 is used. */
    interface S3 {
        /** Address of a service other than AWS. */
        Optional<URI> endpoint();

        /** Default: that of the environment. */
        Optional<String> region();

        /** Puts the bucket into the path of requests; default: with an endpoint. */
        Optional<Boolean> pathStyle();

        @WithDefault("2s")
        Duration connectLimit();

        @WithDefault("10s")
        Duration readLimit();

        /** Of a request with all its attempts; below the lease, so that a run is not lost while it waits. */
        @WithDefault("40s")
        Duration callLimit();

        @WithDefault("10")
        @Min(1)
        @Max(100)
        int attempts();

        @WithDefault("16M")
        MemorySize multipartAbove();

        /** S3 requires at least 5 MiB for each part but the last. */
        @WithDefault("8M")
        MemorySize partSize();

        /** Folder for copies that are sent to clients; default: a new temporary one. */
        Optional<Path> copies();

        @WithDefault("256M")
        MemorySize copiesLimit();
    }
}
