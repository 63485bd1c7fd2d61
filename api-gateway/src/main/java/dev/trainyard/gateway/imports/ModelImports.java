package dev.trainyard.gateway.imports;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.disk.DiskSpace;
import dev.trainyard.gateway.jobs.JobStore;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.job.ImportSource;
import dev.trainyard.job.JobPriority;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.validation.Violation;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores files of models to import and submits a job that checks and publishes them. */
@Singleton
public final class ModelImports {
    static final int MAX_MODEL_BYTES = 32 * 1024 * 1024;
    static final int MAX_REFERENCE_BYTES = 4 * 1024 * 1024;
    private static final int MAX_FILE_NAME_LENGTH = 255;

    private final JobStore store;
    private final ArtifactStore artifacts;
    private final DiskSpace disk;

    ModelImports(JobStore store, ArtifactStore artifacts, DiskSpace disk) {
        this.disk = disk;
        this.store = store;
        this.artifacts = artifacts;
    }

    /**
     * A model to import.
     *
     * @param project of the model
     * @param name of the model
     * @param fileName as sent by the client
     * @param reference predictions to compare the model with
     */
    record ImportRequest(
            String project, String name, @Nullable String fileName, byte[] file, byte @Nullable [] reference) {}

    /**
     * Stores the files and submits the job. The files are stored first, so that a job always finds them.
     *
     * @throws ProblemException 422 if the files are not supported
     */
    JobStore.SubmitResult submit(ImportRequest request, String idempotencyKey) throws IOException {
        String fileName = cleanName(request.fileName());
        ImportSource source = new ImportSource(
                validate(request, fileName),
                fileName,
                upload(request.file()),
                request.reference() == null ? null : upload(request.reference()));
        JobStore.NewJob submit = new JobStore.NewJob(
                TrainingConfigReader.importing(request.name(), source),
                null,
                null,
                idempotencyKey,
                JobPriority.NORMAL,
                request.project());
        Optional<JobStore.SubmitResult> known = store.findRepeated(submit);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<String> noSpace = disk.shortage();
        if (noSpace.isPresent()) {
            return new JobStore.DiskFull(noSpace.get());
        }
        write(source.file(), request.file());
        if (source.reference() != null && request.reference() != null) {
            write(source.reference(), request.reference());
        }
        return store.submit(submit);
    }

    private static ImportSource.Format validate(ImportRequest request, String fileName) {
        List<Violation> errors = new ArrayList<>();
        if (!request.name().matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
            errors.add(new Violation("/name", "must be 1 to 64 letters, digits, dots, dashes and underscores"));
        }
        if (request.reference() != null && !ModelFormat.startsWith(request.reference(), ModelFormat.ZIP)) {
            errors.add(new Violation(
                    "/reference", "must be a NumPy archive (.npz) with the arrays images and probabilities"));
        }
        Optional<ImportSource.Format> format = ModelFormat.of(request.file(), fileName);
        if (format.isEmpty()) {
            errors.add(new Violation("/model", ModelFormat.problem(request.file(), fileName)));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return format.get();
    }

    private static String cleanName(@Nullable String fileName) {
        String name = fileName == null ? "" : fileName.replaceAll("\\p{Cntrl}", "");
        return name.length() <= MAX_FILE_NAME_LENGTH ? name : name.substring(name.length() - MAX_FILE_NAME_LENGTH);
    }

    private static ImportSource.Upload upload(byte[] bytes) {
        return new ImportSource.Upload(FileArtifactStore.sha256(bytes), bytes.length);
    }

    private void write(ImportSource.Upload upload, byte[] bytes) throws IOException {
        ArtifactRef ref = ArtifactPaths.upload(upload);
        artifacts.write(ref.path(), bytes);
    }
}
