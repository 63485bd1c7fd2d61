package dev.trainyard.artifact.s3;

import dev.trainyard.artifact.ArtifactExistsException;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.DamagedArtifactException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Writes objects on the condition that their keys are new. */
final class S3Writer {
    private static final Logger LOG = LoggerFactory.getLogger(S3Writer.class);
    private static final String ANY = "*";
    /** Metadata with the SHA-256 of the whole object; S3 keeps only a combined one for objects in parts. */
    private static final String SHA256 = "sha256";

    /** The parts of an upload are missing if it was completed and the response was lost. */
    private static final Set<Integer> MAY_EXIST =
            Set.of(S3Errors.EXISTS, S3Errors.UNCHANGED, S3Errors.CONFLICT, S3Errors.MISSING);

    private static final int MOST_REPETITIONS = 3;
    /** An object of this age may be about to be deleted as an old file. */
    private static final Duration OLD = Duration.ofMinutes(1);

    private final S3Client client;
    private final S3Location location;
    private final S3Options options;
    private final S3Errors errors;
    private final S3Reader reader;

    S3Writer(S3Client client, S3Location location, S3Options options, S3Errors errors, S3Reader reader) {
        this.reader = reader;
        this.client = client;
        this.location = location;
        this.options = options;
        this.errors = errors;
    }

    void write(ArtifactRef ref, byte[] bytes) throws IOException {
        for (int again = MOST_REPETITIONS; !put(ref, bytes, again > 0); again--) {
            LOG.info("{} is written again", ref.path());
        }
    }

    /** Returns false if a concurrent write of the same key was in the way and failed, or the bytes changed on the way. */
    private boolean put(ArtifactRef ref, byte[] bytes, boolean again) throws IOException {
        String key = location.key(ref.path());
        try {
            if (bytes.length <= options.multipartAbove()) {
                putWhole(key, ref, bytes);
            } else if (!isWritten(key, ref)) { // asked first, because a server refuses only after all parts were sent
                putParts(key, ref, bytes);
            }
            return true;
        } catch (S3Exception e) {
            int status = e.statusCode();
            if (MAY_EXIST.contains(status) && isWritten(key, ref)) {
                return true;
            }
            if (again && (status == S3Errors.CONFLICT || S3Errors.isChanged(e))) {
                return false;
            }
            throw errors.of(ref.path(), e);
        } catch (SdkException e) {
            throw errors.of(ref.path(), e);
        }
    }

    private void putWhole(String key, ArtifactRef ref, byte[] bytes) {
        client.putObject(
                put -> put.bucket(location.bucket())
                        .key(key)
                        .ifNoneMatch(ANY)
                        .metadata(Map.of(SHA256, ref.sha256()))
                        .checksumSHA256(Sha256.base64(HexFormat.of().parseHex(ref.sha256()))),
                RequestBody.fromBytes(bytes));
    }

    private void putParts(String key, ArtifactRef ref, byte[] bytes) {
        String upload = client.createMultipartUpload(create -> create.bucket(location.bucket())
                        .key(key)
                        .metadata(Map.of(SHA256, ref.sha256()))
                        .checksumAlgorithm(ChecksumAlgorithm.SHA256))
                .uploadId();
        boolean complete = false;
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (int start = 0; start < bytes.length; start += options.part()) {
                parts.add(putPart(key, upload, parts.size() + 1, bytes, start));
            }
            client.completeMultipartUpload(done -> done.bucket(location.bucket())
                    .key(key)
                    .uploadId(upload)
                    .ifNoneMatch(ANY)
                    .multipartUpload(list -> list.parts(parts)));
            complete = true;
        } finally {
            if (!complete) {
                abort(key, upload);
            }
        }
    }

    private CompletedPart putPart(String key, String upload, int number, byte[] bytes, int start) {
        int length = Math.min(options.part(), bytes.length - start);
        String sha256 = Sha256.base64(Sha256.of(bytes, start, length));
        String tag = client.uploadPart(
                        part -> part.bucket(location.bucket())
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .checksumSHA256(sha256),
                        RequestBody.fromContentProvider(
                                () -> new ByteArrayInputStream(bytes, start, length),
                                length,
                                "application/octet-stream"))
                .eTag();
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(tag)
                .checksumSHA256(sha256)
                .build();
    }

    private void abort(String key, String upload) {
        try {
            client.abortMultipartUpload(
                    abort -> abort.bucket(location.bucket()).key(key).uploadId(upload));
        } catch (SdkException e) {
            LOG.warn(
                    "the upload {} of {} could not be aborted, its parts stay until the bucket's lifecycle rule deletes them: {}",
                    upload,
                    key,
                    e.toString());
        }
    }

    /**
     * Returns true if the key holds the same object, as after an attempt whose response was lost. A repeated upload of a
     * client makes it young again, so that it is not deleted as an old file.
     */
    private boolean isWritten(String key, ArtifactRef ref) throws IOException {
        HeadObjectResponse head;
        try {
            head = client.headObject(
                    request -> request.bucket(location.bucket()).key(key));
        } catch (S3Exception e) {
            if (e.statusCode() == S3Errors.MISSING) {
                return false;
            }
            throw errors.of(ref.path(), e);
        }
        if (!isSame(head, ref)) {
            throw new ArtifactExistsException(ref.path());
        }
        if (head.lastModified().isBefore(Instant.now().minus(OLD))) {
            errors.call(ref.path(), () -> makeYoung(key, ref));
        }
        return true;
    }

    /** Objects that another tool copied have no metadata. */
    private boolean isSame(HeadObjectResponse head, ArtifactRef ref) throws IOException {
        String sha256 = head.metadata().get(SHA256);
        if (sha256 != null) {
            return ref.sha256().equals(sha256);
        }
        try {
            reader.read(ref);
            return true;
        } catch (DamagedArtifactException e) {
            return false;
        }
    }

    private CopyObjectResponse makeYoung(String key, ArtifactRef ref) {
        return client.copyObject(copy -> copy.sourceBucket(location.bucket())
                .sourceKey(key)
                .destinationBucket(location.bucket())
                .destinationKey(key)
                .metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of(SHA256, ref.sha256())));
    }
}
