package dev.trainyard.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArtifactStoreTest {
    @TempDir
    Path root;

    @Test
    void whatIsWrittenIsReadBackAndNothingElseIsLeft() throws Exception {
        ArtifactStore store = new FileArtifactStore(root);
        ArtifactRef ref = store.write("jobs/a/model.onnx", new byte[] {1, 2, 3});
        assertThat(ref.size()).isEqualTo(3);
        assertThat(ref.sha256()).isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
        assertThat(store.read(ref)).containsExactly(1, 2, 3);
        assertThat(root.resolve("jobs/a")).isDirectoryContaining("glob:**/model.onnx");
        assertThat(root.resolve("jobs/a").toFile().list()).hasSize(1);
    }

    @Test
    void otherBytesThanWereWrittenAreNeverReturned() throws Exception {
        ArtifactStore store = new FileArtifactStore(root);
        ArtifactRef ref = store.write("x", new byte[] {1, 2, 3});
        Files.write(root.resolve("x"), new byte[] {1, 2, 4});
        assertThatThrownBy(() -> store.read(ref)).isInstanceOf(DamagedArtifactException.class);
        Files.delete(root.resolve("x"));
        assertThatThrownBy(() -> store.read(ref)).isInstanceOf(IOException.class);
    }

    @Test
    void noPathLeadsOutOfTheStore() {
        ArtifactStore store = new FileArtifactStore(root.resolve("inner"));
        assertThatThrownBy(() -> store.write("../outside", new byte[1])).hasMessageContaining("leaves the store");
        assertThatThrownBy(() -> store.read(new ArtifactRef("/etc/passwd", "00", 1)))
                .hasMessageContaining("leaves the store");
    }
}
