package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.testing.SampleMetadata;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VerificationTest {
    private final ModelMetadata original = run("data", "dl4j 1", 42, 32, "weights");

    @Test
    void equalWeightsAreReproduced() {
        Verification verification = compare(run("data", "dl4j 1", 42, 32, "weights"));
        assertThat(verification.same()).isTrue();
        assertThat(verification.differences()).isEmpty();
    }

    @Test
    void differentWeightsFromTheSameInputsAreNotDeterministic() {
        Verification verification = compare(run("data", "dl4j 1", 42, 32, "others"));
        assertThat(verification.same()).isFalse();
        assertThat(verification.differences()).isEmpty();
        assertThat(verification.originalWeightsSha256()).isEqualTo("weights");
        assertThat(verification.weightsSha256()).isEqualTo("others");
    }

    @Test
    void eachDifferentInputIsReportedWithBothValues() {
        assertThat(compare(run("new data", "dl4j 1", 42, 32, "others")).differences())
                .containsExactly(new Verification.Difference("dataset_sha256", "data", "new data"));
        assertThat(compare(run("data", "dl4j 2", 42, 32, "others")).differences())
                .containsExactly(new Verification.Difference("engine", "dl4j 1", "dl4j 2"));
        assertThat(compare(run("data", "dl4j 1", 43, 32, "others")).differences())
                .containsExactly(new Verification.Difference("seed", "42", "43"));
        assertThat(compare(run("data", "dl4j 1", 42, 64, "others")).differences())
                .singleElement()
                .satisfies(difference -> {
                    assertThat(difference.input()).isEqualTo("config");
                    assertThat(difference.original()).contains("\"batch_size\":32");
                    assertThat(difference.now()).contains("\"batch_size\":64");
                });
        assertThat(compare(run("new data", "dl4j 2", 43, 64, "others")).differences())
                .extracting(Verification.Difference::input)
                .containsExactly("dataset_sha256", "engine", "seed", "config");
    }

    private Verification compare(ModelMetadata now) {
        return Verification.compare(UUID.randomUUID(), original, now);
    }

    private static ModelMetadata run(String dataset, String engine, int seed, int batchSize, String weights) {
        return SampleMetadata.of(TestConfigs.mlp(batchSize, seed))
                .datasetSha256(dataset)
                .engine(engine)
                .weightsSha256(weights)
                .build();
    }
}
