package dev.trainyard.artifact.s3;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactListing;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** An artifact store in a bucket of S3, or of a service with its API that supports conditional writes. */
public final class S3ArtifactStore implements ArtifactBackend {
    /** An outage is to be told soon. */
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);

    private final S3Client client;
    private final S3Location location;
    private final S3Errors errors;
    private final S3Reader reader;
    private final S3Writer writer;
    private final LocalCopies copies;

    /**
     * @param copies folder for copies of artifacts that are sent to clients; by default a temporary one
     * @param copiesLimit size of these copies in bytes
     */
    public S3ArtifactStore(S3Location location, S3Options options, Optional<Path> copies, long copiesLimit) {
        this.location = location;
        this.client = S3Clients.of(options);
        this.errors = new S3Errors(location);
        this.reader = new S3Reader(client, location, errors);
        this.writer = new S3Writer(client, location, options, errors, reader);
        this.copies = new LocalCopies(copies, copiesLimit);
    }

    @Override
    public ArtifactRef write(String path, byte[] bytes) throws IOException {
        ArtifactRef ref = new ArtifactRef(path, FileArtifactStore.sha256(bytes), bytes.length);
        writer.write(ref, bytes);
        return ref;
    }

    @Override
    public byte[] read(ArtifactRef ref) throws IOException {
        return reader.read(ref);
    }

    @Override
    public Path checkedFile(ArtifactRef ref) throws IOException {
        return copies.get(ref, reader::copy);
    }

    @Override
    public void copy(ArtifactRef ref, Path target) throws IOException {
        reader.copy(ref, target);
    }

    @Override
    public byte[] readDescription(String path) throws IOException {
        return reader.readUnchecked(path, MOST_DESCRIPTION);
    }

    @Override
    public void delete(String path) throws IOException {
        String key = location.key(path);
        errors.call(
                path,
                () -> client.deleteObject(
                        request -> request.bucket(location.bucket()).key(key)));
    }

    @Override
    public ArtifactListing listing() {
        return new S3Listing(client, location, errors);
    }

    @Override
    public void check() throws IOException {
        try {
            client.headBucket(request -> request.bucket(location.bucket())
                    .overrideConfiguration(limits -> limits.apiCallTimeout(CHECK_LIMIT)));
        } catch (S3Exception e) {
            if (e.statusCode() == S3Errors.MISSING) {
                throw errors.noBucket(e);
            }
            throw explained(e);
        } catch (SdkException e) {
            throw errors.of(location.toString(), e);
        }
    }

    /** The answer to a HEAD has no body with a reason, but that to a list has. */
    private IOException explained(S3Exception failure) {
        try {
            client.listObjectsV2(list -> list.bucket(location.bucket())
                    .prefix(location.prefix())
                    .maxKeys(1)
                    .overrideConfiguration(limits -> limits.apiCallTimeout(CHECK_LIMIT)));
            return errors.of(location.toString(), failure);
        } catch (SdkException e) {
            return errors.of(location.toString(), e);
        }
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
