package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.job.EngineChoice;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Comparison of the weights of a repeated job with those of the original.
 *
 * @param of key of the original job
 * @param same true if the SHA-256 of the weights is the same
 * @param differences inputs that differ; empty with different weights means that training is not deterministic
 */
public record Verification(
        UUID of, boolean same, String originalWeightsSha256, String weightsSha256, List<Difference> differences) {

    /** An input that differs: data, configuration, engine or seed. */
    public record Difference(String input, String original, String now) {}

    static Verification compare(UUID of, ModelMetadata original, ModelMetadata now) {
        List<Difference> differences = new ArrayList<>();
        differ(differences, "dataset_sha256", original.datasetSha256(), now.datasetSha256());
        differ(differences, "engine", original.engine(), now.engine());
        differ(
                differences,
                "seed",
                String.valueOf(original.config().trainArgs().seed()),
                String.valueOf(now.config().trainArgs().seed()));
        differ(differences, "config", withoutSeedAndEngine(original), withoutSeedAndEngine(now));
        boolean same = original.weightsSha256().equals(now.weightsSha256());
        return new Verification(of, same, original.weightsSha256(), now.weightsSha256(), differences);
    }

    /** Seed and engine are compared separately. */
    private static String withoutSeedAndEngine(ModelMetadata run) {
        ObjectNode config = WireJson.mapper().valueToTree(run.config());
        config.withObject("train_args").remove("seed");
        config.remove("engine");
        return config.toString();
    }

    private static void differ(List<Difference> into, String input, String original, String now) {
        if (!original.equals(now)) {
            into.add(new Difference(input, original, now));
        }
    }

    static boolean hasWeights(Handle handle, UUID job) {
        return handle.createQuery("select exists (select 1 from model_version where job_key = :job)")
                .bind("job", job)
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns the pool whose trainers ran {@code job}. */
    static String pool(Handle handle, UUID job) {
        return handle.createQuery("select pool from job where key = :job")
                .bind("job", job)
                .mapTo(String.class)
                .one();
    }

    /** Returns the id of the engine that trained the model of {@code job}; empty if no worker trains with it. */
    static Optional<String> engine(Handle handle, UUID job) {
        return handle.createQuery("select cast(metadata as jsonb) ->> 'engine' from model_version where job_key = :job")
                .bind("job", job)
                .mapTo(String.class)
                .findOne()
                .map(EngineChoice::id)
                .filter(EngineChoice.ENGINES::contains);
    }

    /** Returns the metadata of the model that {@code job} published; empty if it published none. */
    static Optional<ModelMetadata> metadata(Handle handle, UUID job) throws IOException {
        Optional<String> metadata = handle.createQuery("select metadata from model_version where job_key = :job")
                .bind("job", job)
                .mapTo(String.class)
                .findOne();
        return metadata.isEmpty()
                ? Optional.empty()
                : Optional.of(WireJson.mapper().readValue(metadata.get(), ModelMetadata.class));
    }
}
