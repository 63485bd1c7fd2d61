package dev.trainyard.storage;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.s3.S3ArtifactStore;
import dev.trainyard.artifact.s3.S3Location;
import dev.trainyard.artifact.s3.S3Options;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the artifact store that the settings name. */
public final class ArtifactStores {
    private static final String FILE = "file:";
    private static final String SETTING = "TRAINYARD_ARTIFACTS_URI";
    private static final long LEAST_PART = 5 * 1024 * 1024;

    private ArtifactStores() {}

    /** @throws ConfigurationException if the settings are invalid */
    public static ArtifactBackend open(ArtifactSettings settings) {
        String uri = uri(settings);
        return uri.isEmpty() ? new FileArtifactStore(settings.dir()) : open(uri, settings.s3(), SETTING);
    }

    /**
     * @param setting that has {@code uri}, for messages
     * @throws ConfigurationException if the settings are invalid
     */
    public static ArtifactBackend open(String uri, ArtifactSettings.S3 s3, String setting) {
        if (uri.startsWith(FILE)) {
            return new FileArtifactStore(directory(uri, setting));
        }
        if (!uri.startsWith(S3Location.SCHEME)) {
            throw new ConfigurationException(
                    setting + " must be file:DIRECTORY or s3://BUCKET/PREFIX, not \"" + uri + "\"");
        }
        try {
            return s3(S3Location.parse(uri), s3);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(setting + ": " + e.getMessage(), e);
        }
    }

    /** Returns the directory of the store; empty if it is not in a file system. */
    public static Optional<Path> directory(ArtifactSettings settings) {
        String uri = uri(settings);
        if (uri.isEmpty()) {
            return Optional.of(settings.dir());
        }
        return uri.startsWith(FILE) ? Optional.of(directory(uri, SETTING)) : Optional.empty();
    }

    private static String uri(ArtifactSettings settings) {
        return settings.uri().map(String::strip).orElse("");
    }

    private static Path directory(String uri, String setting) {
        String rest = uri.substring(FILE.length());
        try {
            Path directory = rest.startsWith("/") ? Path.of(URI.create(uri)) : Path.of(rest);
            if (!directory.toString().isEmpty()) {
                return directory;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(setting + ": \"" + uri + "\" is no directory: " + e.getMessage(), e);
        }
        throw new ConfigurationException(setting + ": \"" + uri + "\" names no directory");
    }

    private static ArtifactBackend s3(S3Location location, ArtifactSettings.S3 s3) {
        s3.endpoint().ifPresent(ArtifactStores::requireHttp);
        long part = s3.partSize().asLongValue();
        if (part < LEAST_PART || part > Integer.MAX_VALUE) {
            throw new ConfigurationException(
                    "TRAINYARD_ARTIFACTS_S3_PART_SIZE must be from 5M to 2047M, because S3 refuses smaller parts");
        }
        S3Options options = new S3Options(
                s3.endpoint(),
                s3.region(),
                s3.pathStyle().orElse(s3.endpoint().isPresent()),
                s3.connectLimit(),
                s3.readLimit(),
                s3.callLimit(),
                s3.attempts(),
                s3.multipartAbove().asLongValue(),
                (int) part);
        return new S3ArtifactStore(
                location, options, s3.copies(), s3.copiesLimit().asLongValue());
    }

    private static void requireHttp(URI endpoint) {
        boolean usable = ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
                && endpoint.getHost() != null;
        if (!usable) {
            throw new ConfigurationException(
                    "TRAINYARD_ARTIFACTS_S3_ENDPOINT must be a URL such as https://storage.example.org, not \""
                            + endpoint + "\"");
        }
    }
}
