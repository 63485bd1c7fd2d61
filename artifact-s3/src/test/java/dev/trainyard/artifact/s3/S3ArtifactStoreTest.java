package dev.trainyard.artifact.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactBackendContract;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.StorageRefusedException;
import dev.trainyard.artifact.StorageUnavailableException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

class S3ArtifactStoreTest extends ArtifactBackendContract {
    private static final long COPIES = 8 * 1024 * 1024;

    @TempDir
    Path folder;

    private S3Location location;
    private ArtifactBackend store;
    private S3Client client;

    @BeforeEach
    void open() {
        location = S3Location.parse("s3://" + S3MockServer.BUCKET + "/" + UUID.randomUUID());
        client = S3Clients.of(S3TestServer.options(S3TestServer.endpoint()));
        store = open(S3TestServer.endpoint(), location);
    }

    private ArtifactBackend open(URI endpoint, S3Location location) {
        return new S3ArtifactStore(location, S3TestServer.options(endpoint), Optional.of(folder), COPIES);
    }

    @AfterEach
    void close() {
        store.close();
        client.close();
    }

    @Override
    protected ArtifactBackend store() {
        return store;
    }

    @Override
    protected void overwrite(String path, byte[] bytes) throws Exception {
        client.putObject(
                put -> put.bucket(location.bucket()).key(location.prefix() + path), RequestBody.fromBytes(bytes));
    }

    /** Three parts. */
    @Override
    protected int largeSize() {
        return 11 * 1024 * 1024;
    }

    @Test
    void anUploadInPartsOfAKnownKeyLeavesNoParts() throws Exception {
        store.write("x", new byte[] {1});
        assertThatThrownBy(() -> store.write("x", random(largeSize()))).hasMessageContaining("exists already");
        assertThat(client.listMultipartUploads(
                                list -> list.bucket(location.bucket()).prefix(location.prefix()))
                        .uploads())
                .isEmpty();
    }

    /** A file store that was copied into a bucket can be used on. */
    @Test
    void objectsThatAnotherToolWroteAreCompared() throws Exception {
        overwrite("uploads/a", new byte[] {1, 2, 3});
        ArtifactRef ref = store.write("uploads/a", new byte[] {1, 2, 3});
        assertThat(store.read(ref)).containsExactly(1, 2, 3);
        overwrite("uploads/b", new byte[] {1, 2, 3});
        assertThatThrownBy(() -> store.write("uploads/b", new byte[] {1, 2, 4})).hasMessageContaining("exists already");
    }

    @Test
    void aSecondDownloadUsesTheCopy() throws Exception {
        ArtifactRef ref = store.write("x", new byte[] {1, 2, 3});
        Path file = store.checkedFile(ref);
        store.delete("x");
        assertThat(store.checkedFile(ref)).isEqualTo(file).hasBinaryContent(new byte[] {1, 2, 3});
        Files.write(file, new byte[] {9});
        assertThatThrownBy(() -> store.checkedFile(ref)).hasMessageContaining("x");
    }

    @Test
    void aCopyThatCannotBeWrittenIsNoFaultOfTheStore() throws Exception {
        ArtifactRef ref = store.write("x", new byte[] {1, 2, 3});
        assertThatThrownBy(() -> store.copy(ref, folder.resolve("no-such-folder/x")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no-such-folder");
    }

    @Test
    void aMissingBucketIsNamed() {
        try (ArtifactBackend missing = open(S3TestServer.endpoint(), S3Location.parse("s3://no-such-bucket/x"))) {
            assertThatThrownBy(missing::check)
                    .isInstanceOf(StorageRefusedException.class)
                    .hasMessageContaining("the bucket no-such-bucket")
                    .hasMessageContaining("does not exist. Create it, or correct TRAINYARD_ARTIFACTS_URI");
            assertThatThrownBy(() -> missing.write("x", new byte[1])).isInstanceOf(StorageRefusedException.class);
        }
    }

    @Test
    void aStoreThatIsAwayIsToldFromOneThatRefuses() {
        S3Options few = S3TestServer.options(URI.create("http://127.0.0.1:1"));
        S3Options once = new S3Options(
                few.endpoint(),
                few.region(),
                true,
                few.connect(),
                few.read(),
                few.call(),
                1,
                few.multipartAbove(),
                few.part());
        try (ArtifactBackend away = new S3ArtifactStore(location, once, Optional.of(folder), COPIES)) {
            assertThatThrownBy(away::check)
                    .isInstanceOf(StorageUnavailableException.class)
                    .hasMessageContaining("does not answer");
            assertThatThrownBy(() -> away.write("x", new byte[1])).isInstanceOf(StorageUnavailableException.class);
        }
    }

    @Test
    void locationsAreChecked() {
        assertThat(S3Location.parse("s3://bucket/a/b/")).isEqualTo(new S3Location("bucket", "a/b/"));
        assertThat(S3Location.parse("s3://bucket")).isEqualTo(new S3Location("bucket", ""));
        for (String wrong : List.of("s3://", "s3:///x", "s3://Bucket/x", "s3://bucket/../x", "s3://bucket/a//b", "x")) {
            assertThatThrownBy(() -> S3Location.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theChecksumIsStoredWithTheObject() throws Exception {
        ArtifactRef ref = store.write("x", new byte[] {1, 2, 3});
        assertThat(client.headObject(head -> head.bucket(location.bucket()).key(location.prefix() + "x"))
                        .metadata())
                .isEqualTo(Map.of("sha256", ref.sha256()));
    }
}
