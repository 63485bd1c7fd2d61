package dev.trainyard.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every artifact store must do. */
public abstract class ArtifactBackendContract {
    private static final byte[] BYTES = {1, 2, 3};

    /** Returns an empty store. */
    protected abstract ArtifactBackend store();

    /** Puts {@code bytes} at {@code path} without the store. */
    protected abstract void overwrite(String path, byte[] bytes) throws Exception;

    /** Size above which the store writes in a different way. */
    protected int largeSize() {
        return 100_000;
    }

    protected static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        ArtifactRef ref = store().write("jobs/a/model.onnx", BYTES);
        assertThat(ref)
                .isEqualTo(new ArtifactRef(
                        "jobs/a/model.onnx", "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81", 3));
        assertThat(store().read(ref)).isEqualTo(BYTES);
    }

    @Test
    void emptyAndLargeArtifactsAreReadAsTheyWere() throws Exception {
        assertThat(store().read(store().write("empty", new byte[0]))).isEmpty();
        byte[] large = random(largeSize());
        ArtifactRef ref = store().write("large", large);
        assertThat(store().read(ref)).isEqualTo(large);
        assertThat(store().checkedFile(ref)).hasBinaryContent(large);
    }

    @Test
    void theSameBytesMayBeWrittenAgain() throws Exception {
        byte[] large = random(largeSize());
        assertThat(store().write("x", BYTES)).isEqualTo(store().write("x", BYTES));
        assertThat(store().write("large", large)).isEqualTo(store().write("large", large));
    }

    @Test
    void whatIsWrittenOnceStays() throws Exception {
        ArtifactRef first = store().write("x", BYTES);
        assertThatThrownBy(() -> store().write("x", new byte[] {1, 2, 4}))
                .isInstanceOf(ArtifactExistsException.class)
                .hasMessageContaining("x exists already");
        assertThatThrownBy(() -> store().write("x", random(largeSize()))).isInstanceOf(ArtifactExistsException.class);
        assertThat(store().read(first)).isEqualTo(BYTES);
    }

    @Test
    void writersOfTheSameBytesAllSucceed() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        Callable<ArtifactRef> writer = () -> {
            together.await();
            return store().write("uploads/same", BYTES);
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<ArtifactRef> written : threads.invokeAll(List.of(writer, writer, writer, writer))) {
                assertThat(store().read(written.get())).isEqualTo(BYTES);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void changedBytesAreNeverReturned() throws Exception {
        ArtifactRef ref = store().write("x", BYTES);
        overwrite("x", new byte[] {1, 2, 4});
        assertThatThrownBy(() -> store().read(ref)).isInstanceOf(DamagedArtifactException.class);
        assertThatThrownBy(() -> store().checkedFile(ref)).isInstanceOf(DamagedArtifactException.class);
        overwrite("x", new byte[] {1, 2});
        assertThatThrownBy(() -> store().read(ref)).isInstanceOf(DamagedArtifactException.class);
        overwrite("x", new byte[] {1, 2, 3, 4});
        assertThatThrownBy(() -> store().read(ref))
                .isInstanceOf(DamagedArtifactException.class)
                .hasMessageContaining("longer");
    }

    @Test
    void aDamagedArtifactCanBeDeletedAndWrittenAgain() throws Exception {
        ArtifactRef ref = store().write("x", BYTES);
        overwrite("x", new byte[] {9});
        store().delete("x");
        assertThat(store().write("x", BYTES)).isEqualTo(ref);
        assertThat(store().read(ref)).isEqualTo(BYTES);
    }

    @Test
    void missingArtifactsAreToldFromOtherErrors() {
        ArtifactRef missing = new ArtifactRef("jobs/none/model.onnx", FileArtifactStore.sha256(BYTES), 3);
        assertThatThrownBy(() -> store().read(missing)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> store().checkedFile(missing)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void deletedArtifactsAreGone() throws Exception {
        ArtifactRef ref = store().write("x/y", BYTES);
        store().delete("x/y");
        store().delete("x/y");
        store().delete("never/written");
        assertThatThrownBy(() -> store().read(ref)).isInstanceOf(NoSuchFileException.class);
        assertThat(store().listing().files("x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/etc/passwd", "a/../../b", ""})
    void pathsOutsideTheStoreAreRefused(String path) {
        assertThatThrownBy(() -> store().write(path, BYTES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leaves the store");
        assertThatThrownBy(() -> store().read(new ArtifactRef(path, "00", 1))).hasMessageContaining("leaves the store");
        assertThatThrownBy(() -> store().delete(path)).hasMessageContaining("leaves the store");
    }

    @Test
    void filesAreListedByFolder() throws Exception {
        Instant before = Instant.now().minus(Duration.ofSeconds(2));
        store().write("jobs/a/attempt-1/model.onnx", BYTES);
        store().write("jobs/a/attempt-1/model.json", BYTES);
        store().write("jobs/b/attempt-1/model.onnx", new byte[5]);
        store().write("jobsession", BYTES);
        store().write("uploads/c", BYTES);
        List<ArtifactListing.Stored> files = store().listing().files("jobs");
        assertThat(files)
                .extracting(ArtifactListing.Stored::path)
                .containsExactlyInAnyOrder(
                        "jobs/a/attempt-1/model.onnx", "jobs/a/attempt-1/model.json", "jobs/b/attempt-1/model.onnx");
        assertThat(files).extracting(ArtifactListing.Stored::size).containsExactlyInAnyOrder(3L, 3L, 5L);
        assertThat(files).allSatisfy(file -> assertThat(file.modifiedAt())
                .isBetween(before, Instant.now().plus(Duration.ofSeconds(2))));
        assertThat(store().listing().files("nothing")).isEmpty();
    }

    @Test
    void foldersAreVisitedInBatches() throws Exception {
        for (String folder : List.of("a", "b", "c")) {
            store().write("jobs/" + folder + "/1", BYTES);
            store().write("jobs/" + folder + "/2", BYTES);
        }
        List<List<ArtifactListing.Folder>> batches = new ArrayList<>();
        store().listing().visitFolders("jobs", 2, batches::add);
        assertThat(batches).extracting(List::size).containsExactly(2, 1);
        assertThat(batches)
                .flatMap(batch -> batch)
                .extracting(ArtifactListing.Folder::name)
                .containsExactlyInAnyOrder("a", "b", "c");
        assertThat(batches).flatMap(batch -> batch).allSatisfy(folder -> assertThat(folder.files())
                .hasSize(2));
        store().listing().visitFolders("nothing", 2, batch -> {
            throw new IOException("there is none");
        });
    }

    @Test
    void listedFilesAreDeletedOnce() throws Exception {
        store().write("uploads/a", BYTES);
        ArtifactListing.Stored file = store().listing().files("uploads").get(0);
        assertThat(store().listing().delete(file)).isTrue();
        assertThat(store().listing().delete(file)).isFalse();
        store().listing().deleteEmptyFolders("uploads");
        assertThat(store().listing().files("uploads")).isEmpty();
    }

    @Test
    void aFileThatWasWrittenSinceTheListIsKept() throws Exception {
        ArtifactRef ref = store().write("uploads/a", BYTES);
        ArtifactListing.Stored file = store().listing().files("uploads").get(0);
        ArtifactListing.Stored older = new ArtifactListing.Stored(
                file.path(), file.size(), file.modifiedAt().minus(Duration.ofHours(2)));
        assertThat(store().listing().delete(older)).isFalse();
        assertThat(store().read(ref)).isEqualTo(BYTES);
    }

    @Test
    void aUsableStorePassesItsCheck() throws Exception {
        store().check();
        assertThat(store().location()).contains(":");
    }
}
