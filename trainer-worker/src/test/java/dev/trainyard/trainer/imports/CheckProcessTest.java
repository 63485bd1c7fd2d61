package dev.trainyard.trainer.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.ImportSource.Format;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.onnx.OnnxFiles;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.TrainingFailedException;
import dev.trainyard.trainer.variant.DenseModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Successful and failing checks of files in a separate process. */
@Tag("full")
class CheckProcessTest {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final CheckLimits SHORT =
            new CheckLimits(Duration.ofMinutes(5), Duration.ofSeconds(10), 3L << 30, Duration.ofSeconds(1), 1L << 30);

    @TempDir
    Path scratch;

    @Test
    void aValidFileIsConvertedToTheFormatOfPredictors() throws Exception {
        ImportCheck.Checked keras = new CheckProcess(ImportChecks.LIMITS, CheckCommand.of(ImportChecks.LIMITS), scratch)
                .check(Format.KERAS_H5, ImportedFiles.read("conv.h5"), SHAPE, 10, () -> {});
        assertThat(keras.madeBy()).isEqualTo("keras 2.15.0");
        assertThat(keras.model().parameters()).isEqualTo(2_432);
        assertThat(keras.model().weightsSha256()).isEqualTo(FileArtifactStore.sha256(ImportedFiles.read("conv.h5")));
        ImportCheck.Checked onnx = new CheckProcess(ImportChecks.LIMITS, CheckCommand.of(ImportChecks.LIMITS), scratch)
                .check(Format.ONNX, ImportedFiles.read("conv.onnx"), SHAPE, 10, () -> {});
        assertThat(onnx.madeBy()).startsWith("onnx opset 15 by tf2onnx");
        keras.model().close();
        onnx.model().close();
        assertThat(leftFolders()).isEmpty();
    }

    /** Variants published with the checked model, such as the 8-bit one, are tested in the same way. */
    @Test
    void aVariantThatPredictorsCannotRunIsRejected() throws Exception {
        ImportCheck check = new CheckProcess(ImportChecks.LIMITS, CheckCommand.of(ImportChecks.LIMITS), scratch);
        check.checkServed(DenseModels.model(2, 1), SHAPE, 10, () -> {});

        assertThatThrownBy(() -> check.checkServed(OnnxFiles.givesNaNForABlankImage(), SHAPE, 10, () -> {}))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("NaN");
    }

    /** Each operator doubles the size of a constant tensor, already when the file is loaded. */
    @ParameterizedTest
    @ValueSource(strings = {"image", "constant"})
    void aFileOfUnlimitedGrowthIsRejected(String from) {
        byte[] file = OnnxFiles.doubles(from, 36);
        // the memory is reached first, also where its pages take much processor time
        CheckLimits limits = new CheckLimits(
                Duration.ofMinutes(10), Duration.ofMinutes(5), 3L << 30, Duration.ofSeconds(60), 1L << 30);
        assertThatThrownBy(() -> new CheckProcess(limits, CheckCommand.of(limits), scratch)
                        .check(Format.ONNX, file, SHAPE, 10, () -> {}))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("memory");
    }

    /** The list of operators would reject this file; here the check is skipped. */
    @Test
    void aFileThatDividesByZeroCrashesOnlyItsCheck() {
        assertThatThrownBy(() -> dying(OnnxFiles.dividesByTheSumOfAnImage()))
                .isInstanceOf(RejectedModelException.class)
                .hasMessage(
                        "While it was tried, its check was ended by SIGFPE: an operator divides integers by zero. Export the model without it.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "segfault|crashed in native code (SIGSEGV)",
                "spin|its check used 10 s of processor time",
                "heap|needed more than the 3,072 MB of memory",
                "memory|needed more than the 3,072 MB of memory"
            })
    void errorsOfTheFileAreFinal(String how, String sentence) {
        assertThatThrownBy(() -> dying(how.getBytes()))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageStartingWith("While it was tried, ")
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kill|was killed, perhaps",
                "status|ended with status 17",
                "link|ended with status 0",
                "large|has more than 65,536 bytes"
            })
    void errorsOfTheWorkerMayBeRetried(String how, String sentence) {
        assertThatThrownBy(() -> dying(how.getBytes()))
                .isInstanceOfSatisfying(TrainingFailedException.class, failed -> assertThat(failed.code())
                        .isEqualTo(FailureCode.INTERNAL_ERROR))
                .hasMessageContaining(sentence);
    }

    /** A compromised process cannot make the trainer load an arbitrary file. */
    @Test
    void theResultOfTheCheckProcessIsValidatedAgain() {
        assertThatThrownBy(() -> dying("lies".getBytes()))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("not an ONNX model");
    }

    @Test
    void theCheckProcessHasLimitsAndNoEnvironmentOfTheTrainer() {
        assertThatThrownBy(() -> dying("environment".getBytes()))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("HOME")
                .hasMessageNotContaining("PATH")
                .hasMessageNotContaining("KAFKA")
                .hasMessageContaining(" -1 ") // its input ends at once
                .hasMessageContaining("Max cpu time 10 15 seconds")
                .hasMessageContaining("Max address space %d %d bytes".formatted(3L << 30, 3L << 30))
                .hasMessageContaining("Max open files 1024 1024")
                .hasMessageContaining("Max core file size 0 0")
                .hasMessageContaining("Max file size %d".formatted(CheckLimits.FILE_BYTES));
    }

    @Test
    void aHangingCheckEndsAtItsLimitAndIsRetryable() {
        CheckLimits brief = new CheckLimits(
                Duration.ofSeconds(3), Duration.ofSeconds(60), 3L << 30, Duration.ofSeconds(1), 1L << 30);
        assertThatThrownBy(() -> new CheckProcess(brief, CheckCommand.of(brief, CrashingCheckMain.class), scratch)
                        .check(Format.ONNX, "hang".getBytes(), SHAPE, 10, () -> {}))
                .isInstanceOfSatisfying(TrainingFailedException.class, failed -> assertThat(failed.code())
                        .isEqualTo(FailureCode.INTERNAL_ERROR))
                .hasMessageContaining("did not end in 3 s");
    }

    @Test
    void aCancelledImportStopsItsProcessAndDeletesItsFolder() throws Exception {
        IllegalStateException cancelled = new IllegalStateException("cancelled");
        long[] pid = {0};
        Throwable thrown =
                catchThrowable(() -> new CheckProcess(SHORT, CheckCommand.of(SHORT, CrashingCheckMain.class), scratch)
                        .check(Format.ONNX, "pid".getBytes(), SHAPE, 10, () -> {
                            Optional<Long> started = pid();
                            if (started.isPresent()) {
                                pid[0] = started.get();
                                throw cancelled;
                            }
                        }));
        assertThat(thrown).isSameAs(cancelled);
        assertThat(ProcessHandle.of(pid[0]).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(leftFolders()).isEmpty();
    }

    @Test
    void aCheckEndsWithItsTrainer() throws Exception {
        CheckLimits limits = ImportChecks.LIMITS;
        try (CheckFolder folder = CheckFolder.create(scratch, ImportedFiles.read("conv.h5"))) {
            CheckMain.CheckRequest request = new CheckMain.CheckRequest(Format.KERAS_H5, SHAPE, 10, 2, 1L << 30, 1);
            Process process = CheckCommand.of(limits).start(request, folder);
            await().atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive());
            assertThat(process.exitValue()).isEqualTo(CheckMain.PARENT_GONE_STATUS);
        }
    }

    @Test
    void aMachineWithoutProcessLimitsIsReported() {
        CheckLimits impossible = new CheckLimits(
                Duration.ofMinutes(5), Duration.ofSeconds(60), -1L << 30, Duration.ofSeconds(1), 1L << 30);
        assertThatThrownBy(() -> new CheckProcess(impossible, CheckCommand.of(impossible), scratch)
                        .check(Format.ONNX, ImportedFiles.read("conv.onnx"), SHAPE, 10, () -> {}))
                .isInstanceOfSatisfying(TrainingFailedException.class, failed -> assertThat(failed.code())
                        .isEqualTo(FailureCode.ENGINE_UNAVAILABLE))
                .hasMessageContaining("could not be set with the ulimit of /bin/sh");
    }

    /** A compromised check could replace the libraries. */
    @Test
    void nativeLibrariesOfACheckAreSeparateFromThoseOfTheTrainer() throws Exception {
        Path own = Loader.getCacheDir().toPath().toAbsolutePath();
        new CheckProcess(ImportChecks.LIMITS, CheckCommand.of(ImportChecks.LIMITS), scratch)
                .check(Format.KERAS_H5, ImportedFiles.read("conv.h5"), SHAPE, 10, () -> {})
                .model()
                .close();
        assertThat(CheckCommand.nativeLibraries()).isNotEqualTo(own).isNotEmptyDirectory();
    }

    private void dying(byte[] file) throws RejectedModelException {
        new CheckProcess(SHORT, CheckCommand.of(SHORT, CrashingCheckMain.class), scratch)
                .check(Format.ONNX, file, SHAPE, 10, () -> {});
    }

    private Optional<Long> pid() {
        try {
            for (Path folder : leftFolders()) {
                Path file = folder.resolve("pid");
                if (Files.exists(file) && Files.size(file) > 0) {
                    return Optional.of(Long.parseLong(Files.readString(file)));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the folder was just being made
        }
    }

    private List<Path> leftFolders() throws IOException {
        try (Stream<Path> all = Files.list(scratch)) {
            return all.toList();
        }
    }
}
