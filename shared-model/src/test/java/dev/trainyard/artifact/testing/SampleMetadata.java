package dev.trainyard.artifact.testing;

import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.ModelMetadataBuilder;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingResult;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Complete metadata of a model without a training; tests set the fields that matter to them. */
public final class SampleMetadata {
    private SampleMetadata() {}

    public static ModelMetadataBuilder of(TrainingConfig config) {
        Score score = new Score(0.1, 0.9);
        return ModelMetadataBuilder.builder()
                .v(ModelMetadata.VERSION)
                .model(config.model())
                .jobKey(UUID.randomUUID())
                .attempt(1)
                .config(config)
                .datasetSha256("sample")
                .engine("sample 1")
                .inputShape(List.of(1, 28, 28))
                .classes(10)
                .parameters(1)
                .metrics(new TrainingResult(score, score))
                .weightsSha256("sample")
                .exportDifference(0)
                .createdAt(Instant.now())
                .trustMissing("no training took place");
    }
}
