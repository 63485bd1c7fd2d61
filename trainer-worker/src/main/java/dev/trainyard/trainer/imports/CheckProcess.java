package dev.trainyard.trainer.imports;

import ai.onnxruntime.OrtException;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.ImportSource;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trainer.onnx.ServedOnnx;
import dev.trainyard.trainer.onnx.ServedOnnxCheck;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.TrainingFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks files in a separate process, which may crash, hang or be taken over without harm to the trainer. */
public final class CheckProcess implements ImportCheck {
    private static final Logger LOG = LoggerFactory.getLogger(CheckProcess.class);
    private static final long TICK_MILLIS = 100;

    private final CheckLimits limits;
    private final CheckCommand command;
    private final Path scratch;

    public CheckProcess(CheckLimits limits) {
        this(limits, CheckCommand.of(limits), Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** @param scratch parent of the folder of each check */
    CheckProcess(CheckLimits limits, CheckCommand command, Path scratch) {
        this.limits = limits;
        this.command = command;
        this.scratch = scratch;
    }

    @Override
    public Checked check(ImportSource.Format format, byte[] file, ImageShape shape, int classes, Runnable step)
            throws RejectedModelException {
        try (CheckFolder folder = CheckFolder.create(scratch, file)) {
            CheckReport report = checked(request(format, shape, classes), folder, step);
            byte[] onnx = folder.read(CheckMain.MODEL, CheckLimits.MODEL_BYTES);
            ServedOnnxCheck.requireServed(onnx, shape, classes);
            String sha256 =
                    FileArtifactStore.sha256(file); // hash of the original file, not one reported by the check process
            return new Checked(
                    new ServedOnnx(onnx, report.parameters(), sha256),
                    Objects.requireNonNullElse(report.madeBy(), "unknown"));
        } catch (IOException | OrtException e) {
            throw notChecked(e);
        }
    }

    @Override
    public void checkServed(byte[] onnx, ImageShape shape, int classes, Runnable step) throws RejectedModelException {
        try (CheckFolder folder = CheckFolder.create(scratch, onnx)) {
            checked(request(null, shape, classes), folder, step);
        } catch (IOException e) {
            throw notChecked(e);
        }
    }

    private CheckMain.CheckRequest request(ImportSource.@Nullable Format format, ImageShape shape, int classes) {
        return new CheckMain.CheckRequest(
                format,
                shape,
                classes,
                limits.runProcessor().toMillis() / 1e3,
                limits.runMemory(),
                ProcessHandle.current().pid());
    }

    private CheckReport checked(CheckMain.CheckRequest request, CheckFolder folder, Runnable step)
            throws IOException, RejectedModelException {
        CheckReport report = report(folder, run(request, folder, step));
        for (String note : report.notes()) {
            LOG.warn("check of an import: {}", note);
        }
        if (report.refused() != null) {
            throw new RejectedModelException(report.refused());
        }
        return report;
    }

    private static TrainingFailedException notChecked(Exception cause) {
        return new TrainingFailedException(
                FailureCode.INTERNAL_ERROR,
                "The file could not be checked on this worker: " + cause.getMessage(),
                cause);
    }

    /** Returns the exit status. */
    private int run(CheckMain.CheckRequest request, CheckFolder folder, Runnable step) throws IOException {
        long end = System.nanoTime() + limits.time().toNanos();
        Process process = command.start(request, folder);
        try {
            while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                step.run();
                if (System.nanoTime() - end > 0) {
                    throw new TrainingFailedException(
                            FailureCode.INTERNAL_ERROR,
                            "The check of the file did not end in %s, most recently while %s; the machine may be too busy, or trainyard.import.time too short."
                                    .formatted(text(limits.time()), folder.lastStep()));
                }
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the trainer ends", e);
        } finally {
            kill(process);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CheckReport report(CheckFolder folder, int status) throws IOException, RejectedModelException {
        if (status == 0 && folder.has(CheckMain.REPORT)) {
            return folder.report();
        }
        CheckExitStatus end = CheckExitStatus.of(status, folder.output(), limits);
        LOG.warn("the check of an import ended with status {} while {}: {}", status, folder.lastStep(), end);
        String sentence = "While %s, %s".formatted(folder.lastStep(), end.sentence());
        if (end.isOfTheFile()) {
            throw new RejectedModelException(sentence);
        }
        throw new TrainingFailedException(
                status == CheckCommand.LIMITS_MISSING ? FailureCode.ENGINE_UNAVAILABLE : FailureCode.INTERNAL_ERROR,
                sentence);
    }

    static String text(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
