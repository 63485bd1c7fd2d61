package dev.trainyard.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArtifactStoreTest extends ArtifactBackendContract {
    @TempDir
    Path root;

    @Override
    protected ArtifactBackend store() {
        return new FileArtifactStore(root.resolve("contract"));
    }

    @Override
    protected void overwrite(String path, byte[] bytes) throws IOException {
        Files.write(root.resolve("contract").resolve(path), bytes);
    }

    @Test
    void writtenFilesAreReadBackAndNoTemporaryFileRemains() throws Exception {
        ArtifactStore store = new FileArtifactStore(root);
        ArtifactRef ref = store.write("jobs/a/model.onnx", new byte[] {1, 2, 3});
        assertThat(ref.size()).isEqualTo(3);
        assertThat(ref.sha256()).isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
        assertThat(store.read(ref)).containsExactly(1, 2, 3);
        assertThat(root.resolve("jobs/a")).isDirectoryContaining("glob:**/model.onnx");
        assertThat(root.resolve("jobs/a").toFile().list()).hasSize(1);
        assertThat(root.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void temporaryFilesAreDeletedAfterAnHourUnlessTheirWriterLives() throws Exception {
        FileArtifactStore store = new FileArtifactStore(root);
        Path left = Files.write(store.temporary("jobs/a/checkpoint-0001.bin"), new byte[] {1});
        Path busy = Files.write(store.temporary("jobs/b/checkpoint-0001.bin"), new byte[] {1});
        store.write("x", new byte[] {1});
        assertThat(left).exists();

        Instant now = Files.getLastModifiedTime(busy).toInstant();
        Files.setLastModifiedTime(left, FileTime.from(now.minus(Duration.ofMinutes(61))));
        Files.setLastModifiedTime(busy, FileTime.from(now.minus(Duration.ofMinutes(55))));
        store.write("y", new byte[] {1});
        assertThat(left).doesNotExist();
        assertThat(busy).exists();
    }

    @Test
    void aFailedWriteLeavesNoFile() throws Exception {
        FileArtifactStore store = new FileArtifactStore(root);
        Files.createDirectories(root.resolve("x/full")); // a rename cannot replace a folder that holds something
        assertThatThrownBy(() -> store.write("x", new byte[] {1}))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(DiskFullException.class);
        assertThat(root.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void aFileIsCheckedBeforeItIsSent() throws Exception {
        FileArtifactStore store = new FileArtifactStore(root);
        byte[] bytes = new byte[200_000];
        bytes[199_999] = 1;
        ArtifactRef ref = store.write("jobs/a/model.onnx", bytes);
        Path file = store.checkedFile(ref);
        assertThat(file).hasBinaryContent(bytes);
        bytes[0] = 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> store.checkedFile(ref)).isInstanceOf(DamagedArtifactException.class);
        Files.write(file, new byte[200_001]);
        assertThatThrownBy(() -> store.checkedFile(ref)).isInstanceOf(DamagedArtifactException.class);
    }

    /** The replaced file may be larger than memory. */
    @Test
    void aFileThatGrewIsRejectedUnread() throws Exception {
        FileArtifactStore store = new FileArtifactStore(root);
        ArtifactRef ref = store.write("x", new byte[] {1});
        try (RandomAccessFile file = new RandomAccessFile(root.resolve("x").toFile(), "rw")) {
            file.setLength(1L << 40); // a hole: it takes no room
        }
        assertThatThrownBy(() -> store.read(ref))
                .isInstanceOf(DamagedArtifactException.class)
                .hasMessageContaining("longer");
    }
}
