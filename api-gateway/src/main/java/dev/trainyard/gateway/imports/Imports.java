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
public final class Imports {
    static final int MOST_MODEL_BYTES = 32 * 1024 * 1024;
    static final int MOST_REFERENCE_BYTES = 4 * 1024 * 1024;
    private static final int LONGEST_FILE_NAME = 255;

    private final JobStore store;
    private final ArtifactStore artifacts;
    private final Supplier<Optional<String>> shortage;

    /** @param shortage says why no new work is taken; empty while it is */
    public Imports(JobStore store, ArtifactStore artifacts, Supplier<Optional<String>> shortage) {
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
    record Wanted(String name, String fileName, byte[] file, byte[] reference) {}

    /**
     * The files are durable before the job is: a job never waits for one that is not there.
     *
     * @throws ProblemException 422 if they are of another kind
     */
    JobStore.SubmitResult submit(Wanted wanted, String idempotencyKey) throws IOException {
        String fileName = visible(wanted.fileName());
        ImportSource source = new ImportSource(
                require(wanted, fileName), fileName, upload(wanted.file()), upload(wanted.reference()));
        JobStore.NewJob submit =
                new JobStore.NewJob(TrainingConfigReader.importing(wanted.name(), source), null, null, idempotencyKey);
        Optional<JobStore.SubmitResult> known = store.findRepeated(submit);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<String> tooLittle = shortage.get();
        if (tooLittle.isPresent()) {
            return new JobStore.DiskFull(tooLittle.get());
        }
        keep(source.file(), wanted.file());
        if (source.reference() != null) {
            keep(source.reference(), wanted.reference());
        }
        return store.submit(submit);
    }

    private static ImportSource.Format require(Wanted wanted, String fileName) {
        List<Violation> errors = new ArrayList<>();
        if (!wanted.name().matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
            errors.add(new Violation("/name", "must be 1 to 64 letters, digits, dots, dashes and underscores"));
        }
        if (wanted.reference() != null && !ModelFormat.startsWith(wanted.reference(), ModelFormat.ZIP)) {
            errors.add(new Violation(
                    "/reference", "must be a NumPy archive (.npz) with the arrays images and probabilities"));
        }
        Optional<ImportSource.Format> format = ModelFormat.of(wanted.file(), fileName);
        if (format.isEmpty()) {
            errors.add(new Violation("/model", ModelFormat.problem(wanted.file(), fileName)));
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
