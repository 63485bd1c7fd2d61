package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void aFolderWithOtherFilesIsNotChanged() throws IOException {
        Path theirs = Files.writeString(folder.resolve("thesis.tex"), "years of work");
        assertThatThrownBy(() -> DataDirectory.openToClear(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not belong to Trainyard")
                .hasMessageContaining("--data-dir");
        assertThat(folder).isDirectoryContaining(theirs::equals);
        assertThat(folder.toFile().list()).containsExactly("thesis.tex");
    }

    @Test
    void onlyTheDataOfAnEarlierStartIsCleared() throws IOException {
        DataDirectory.open(folder).close();
        Files.writeString(folder.resolve("artifacts/model.onnx"), "old");
        Path theirs = Files.writeString(folder.resolve("notes.txt"), "mine");
        try (DataDirectory data = DataDirectory.openToClear(folder)) {
            data.clear();
            assertThat(data.artifacts()).isEmptyDirectory();
            assertThat(theirs).exists();
        }
    }

    @Test
    void foldersAreClosedToOtherUsers() throws IOException {
        Path data = folder.resolve("new/data");
        DataDirectory.open(data).close();
        assertThat(mode(data)).isEqualTo("rwx------");
        for (String inner : List.of("log", "run", "artifacts", "datasets")) {
            assertThat(mode(data.resolve(inner))).as(inner).isEqualTo("rwx------");
        }
        for (Path open : List.of(data, data.resolve("log"))) {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        DataDirectory.open(data).close();
        assertThat(mode(data)).isEqualTo("rwx------");
        assertThat(mode(data.resolve("log"))).isEqualTo("rwx------");
    }

    @Test
    void aFolderWithOtherContentsKeepsItsMode() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "mine");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataDirectory.open(folder).close();
        assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
        assertThat(mode(folder.resolve("artifacts"))).isEqualTo("rwx------");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
