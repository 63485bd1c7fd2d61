package dev.trainyard.gateway.imports;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.training.JobStore;
import dev.trainyard.job.ImportSource;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.validation.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps files that are to become models, by their content, and has a trainer see to them. */
public final class ModelImports {
    static final int MOST_MODEL_BYTES = 32 * 1024 * 1024;
    static final int MOST_REFERENCE_BYTES = 4 * 1024 * 1024;
    private static final int LONGEST_FILE_NAME = 255;

    private final JobStore store;
    private final ArtifactStore artifacts;
    private final Supplier<Optional<String>> shortage;

    /** @param shortage says why no new work is taken; empty while it is */
    public ModelImports(JobStore store, ArtifactStore artifacts, Supplier<Optional<String>> shortage) {
        this.shortage = shortage;
        this.store = store;
        this.artifacts = artifacts;
    }

    /**
     * What shall become a model.
     *
     * @param name of the model
     * @param fileName as its owner calls it; may be null
     * @param reference answers that it must agree with; null for none
     */
    record ImportRequest(String name, String fileName, byte[] file, byte[] reference) {}

    /**
     * The files are durable before the job is: a job never waits for one that is not there.
     *
     * @throws ProblemException 422 if they are of another kind
     */
    JobStore.Submission submit(ImportRequest request, String idempotencyKey) throws IOException {
        String fileName = visible(request.fileName());
        ImportSource source = new ImportSource(
                require(request, fileName), fileName, upload(request.file()), upload(request.reference()));
        JobStore.Submit submit =
                new JobStore.Submit(TrainingConfigReader.importing(request.name(), source), null, null, idempotencyKey);
        Optional<JobStore.Submission> known = store.known(submit);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<String> tooLittle = shortage.get();
        if (tooLittle.isPresent()) {
            return new JobStore.NoSpace(tooLittle.get());
        }
        keep(source.file(), request.file());
        if (source.reference() != null) {
            keep(source.reference(), request.reference());
        }
        return store.submit(submit);
    }

    private static ImportSource.Format require(ImportRequest request, String fileName) {
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

    private static String visible(String fileName) {
        String name = fileName == null ? "" : fileName.replaceAll("\\p{Cntrl}", "");
        return name.length() <= LONGEST_FILE_NAME ? name : name.substring(name.length() - LONGEST_FILE_NAME);
    }

    private static ImportSource.Upload upload(byte[] bytes) {
        return bytes == null ? null : new ImportSource.Upload(FileArtifactStore.sha256(bytes), bytes.length);
    }

    private void keep(ImportSource.Upload upload, byte[] bytes) throws IOException {
        ArtifactRef ref = ArtifactPaths.upload(upload);
        artifacts.write(ref.path(), bytes);
    }
}
