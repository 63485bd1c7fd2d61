package dev.trainyard.gateway.jobs;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.gateway.models.ModelRegistry;
import dev.trainyard.gateway.runtime.Transactions;
import dev.trainyard.message.WireJson;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Models of trials, which are kept until their study decides which of them is published. */
@Singleton
public final class TrialModels {
    private final Jdbi jdbi;
    private final Transactions transactions;
    private final ModelRegistry models;

    public TrialModels(Jdbi jdbi, Transactions transactions, ModelRegistry models) {
        this.jdbi = jdbi;
        this.transactions = transactions;
        this.models = models;
    }

    private record Model(ArtifactRef onnx, ModelMetadata metadata) {}

    /** A published version. */
    public record Version(String model, int number) {}

    static boolean isTrial(Handle handle, UUID job) {
        return handle.createQuery("select study is not null from job where key = :key")
                .bind("key", job)
                .mapTo(Boolean.class)
                .one();
    }

    static void keep(Handle handle, UUID job, ArtifactRef onnx, ModelMetadata metadata) {
        handle.createUpdate("update job set unpublished_model = cast(:model as jsonb) where key = :key")
                .bind("model", new String(WireJson.write(new Model(onnx, metadata)), StandardCharsets.UTF_8))
                .bind("key", job)
                .execute();
    }

    /** Gives up the models of the other trials of a study, so that their files are deleted. */
    public static void discard(Handle handle, UUID study, Collection<UUID> kept) {
        handle.createUpdate("""
                        update job set unpublished_model = null
                        where study = :study and unpublished_model is not null and key <> all(:kept)
                        """)
                .bind("study", study)
                .bindArray("kept", UUID.class, List.copyOf(kept))
                .execute();
    }

    /**
     * Publishes the model of a trial in one transaction with what {@code published} does, which gets no version if the
     * trial has no model.
     *
     * @param wanted called under the lock of the job; false if there is nothing to do any more
     */
    public void publish(UUID job, Predicate<Handle> wanted, BiConsumer<Handle, Optional<Version>> published) {
        transactions.run(() -> jdbi.useTransaction(handle -> {
            Optional<JobRow> row = JobRow.lock(handle, job);
            if (!wanted.test(handle)) {
                return;
            }
            Optional<Model> model = model(handle, job);
            Optional<Version> version = row.isPresent() && model.isPresent()
                    ? Optional.of(publish(handle, row.get(), model.get()))
                    : Optional.empty();
            published.accept(handle, version);
        }));
    }

    private Version publish(Handle handle, JobRow job, Model model) {
        int number = models.publish(
                JobQueries.project(handle, job.key()),
                model.metadata(),
                model.onnx(),
                job.config().promote());
        RunUpdates.model(handle, job.key(), model.metadata().model(), number);
        handle.createUpdate("update job set unpublished_model = null where key = :key")
                .bind("key", job.key())
                .execute();
        return new Version(model.metadata().model(), number);
    }

    private static Optional<Model> model(Handle handle, UUID job) {
        return handle.createQuery(
                        "select unpublished_model from job where key = :key and unpublished_model is not null")
                .bind("key", job)
                .mapTo(String.class)
                .findOne()
                .map(json -> {
                    try {
                        return WireJson.mapper().readValue(json, Model.class);
                    } catch (IOException e) {
                        throw new UncheckedIOException("a stored model cannot be read", e);
                    }
                });
    }
}
