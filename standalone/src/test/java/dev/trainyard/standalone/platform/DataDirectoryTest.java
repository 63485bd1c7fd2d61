package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void aFolderOfSomebodyElseIsNeitherEmptiedNorTouched() throws IOException {
        Path theirs = Files.writeString(folder.resolve("thesis.tex"), "years of work");
        assertThatThrownBy(() -> DataDirectory.openToClear(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not Trainyard's")
                .hasMessageContaining("--data-dir");
        assertThat(folder).isDirectoryContaining(theirs::equals);
        assertThat(folder.toFile().list()).containsExactly("thesis.tex");
    }

    @Test
    void whatAnEarlierStartLeftIsClearedAndNothingElse() throws IOException {
        DataDirectory.open(folder).close();
        Files.writeString(folder.resolve("artifacts/model.onnx"), "old");
        Path theirs = Files.writeString(folder.resolve("notes.txt"), "mine");
        try (DataDirectory data = DataDirectory.openToClear(folder)) {
            data.clear();
            assertThat(data.artifacts()).isEmptyDirectory();
            assertThat(theirs).exists();
        }
    }
}
