package dev.trainyard.trainer.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyArtifactStoreTest {
    private static final String SECOND = "jobs/a/attempt-1-t/checkpoint-0002.bin";
    private static final byte[] BYTES = {1, 2, 3, 4};

    @TempDir
    Path root;

    @TempDir
    Path faults;

    private ArtifactStore store;

    @BeforeEach
    void openTheStore() {
        store = new FaultyArtifactStore(new FileArtifactStore(root), faults, () -> stop("dead"), () -> stop("hangs"));
    }

    private static void stop(String how) {
        throw new IllegalStateException(how);
    }

    @Test
    void withoutAnEnabledFaultTheStoreWorksNormally() throws Exception {
        ArtifactRef ref = store.write(SECOND, BYTES);
        assertThat(store.read(ref)).isEqualTo(BYTES);
    }

    @Test
    void theCheckpointFaultLeavesATemporaryFileWithHalfOfTheBytes() throws Exception {
        arm(Fault.HALF_CHECKPOINT, "");
        store.write("jobs/a/attempt-1-t/model.onnx", BYTES);
        assertThatThrownBy(() -> store.write(SECOND, BYTES)).hasMessage("dead");
        assertThat(root.resolve(SECOND)).doesNotExist();
        assertThat(tempFiles()).singleElement().satisfies(half -> assertThat(half)
                .hasBinaryContent(new byte[] {1, 2}));
    }

    @Test
    void theFaultAfterTheModelLeavesBothFilesComplete() throws Exception {
        arm(Fault.MODEL_WRITTEN, "");
        store.write("jobs/a/attempt-1-t/model.onnx", BYTES);
        assertThatThrownBy(() -> store.write("jobs/a/attempt-1-t/model.json", BYTES))
                .hasMessage("dead");
        assertThat(root.resolve("jobs/a/attempt-1-t/model.onnx")).hasBinaryContent(BYTES);
        assertThat(root.resolve("jobs/a/attempt-1-t/model.json")).hasBinaryContent(BYTES);
    }

    @Test
    void aFaultHappensOnceAtItsPath() throws Exception {
        arm(Fault.HANG, "checkpoint-0002\n");
        store.write("jobs/a/attempt-1-t/checkpoint-0001.bin", BYTES);
        assertThatThrownBy(() -> store.write(SECOND, BYTES)).hasMessage("hangs");
        assertThat(faults).isEmptyDirectory();
        store.write(SECOND, BYTES);
        assertThat(root.resolve(SECOND)).hasBinaryContent(BYTES);
    }

    private void arm(Fault fault, String part) throws IOException {
        Files.writeString(faults.resolve(fault.fileName()), part);
    }

    private List<Path> tempFiles() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("tmp"))) {
            return files.toList();
        }
    }
}
