package dev.trainyard.trainer.variant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ModelVariants.Trial;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VariantGateTest {
    private static final ImageDataset IMAGES = Digits.test(1_000);
    private static final byte[] SLOW = DenseModels.model(2, 1);
    private static final byte[] FAST = DenseModels.model(0, 1);
    private static final byte[] FAST_AND_WRONG = DenseModels.model(0, -1);

    @Test
    void aFasterVariantWithTheSamePredictionsPasses() throws Exception {
        VariantSelection.Selection chosen =
                choose(SLOW, new ModelVariant("fast", FAST), new ModelVariant("same", SLOW));

        assertThat(chosen.passed())
                .hasValueSatisfying(form -> assertThat(form.name()).isEqualTo("fast"));
        Trial fast = chosen.tried().get(0);
        assertThat(fast.refused()).isNull();
        assertThat(fast.agreement()).isGreaterThanOrEqualTo(0.998);
        assertThat(fast.speedupOne()).isGreaterThan(1.5);
        assertThat(fast.bytes()).isEqualTo(FAST.length);
    }

    @Test
    void theFastestPassingVariantIsChosen() throws Exception {
        VariantSelection.Selection chosen = choose(
                DenseModels.model(4, 1),
                new ModelVariant("slower", DenseModels.model(2, 1)),
                new ModelVariant("fastest", FAST));

        assertThat(chosen.tried())
                .allSatisfy(trial -> assertThat(trial.refused()).isNull());
        assertThat(chosen.passed())
                .hasValueSatisfying(form -> assertThat(form.name()).isEqualTo("fastest"));
    }

    @Test
    void aFasterVariantWithOtherPredictionsIsRefused() throws Exception {
        VariantSelection.Selection chosen = choose(SLOW, new ModelVariant("wrong", FAST_AND_WRONG));

        assertThat(chosen.passed()).isEmpty();
        assertThat(chosen.tried().get(0).refused()).containsAnyOf("points of accuracy", "agrees with the model");
        assertThat(chosen.tried().get(0).agreement()).isLessThan(0.5);
    }

    @Test
    void aSlowerVariantIsRefused() throws Exception {
        VariantSelection.Selection chosen = choose(FAST, new ModelVariant("slow", SLOW));

        assertThat(chosen.passed()).isEmpty();
        assertThat(chosen.tried().get(0).refused()).contains("times as fast");
        assertThat(chosen.tried().get(0).agreement()).as("ignored").isNull();
    }

    @Test
    void theLimitsAreFixed() {
        assertThat(VariantGate.refusal(0.001, 0.998, 1.05, 1.05)).isNull();
        assertThat(VariantGate.refusal(-0.01, 1.0, 3, 3)).isNull();
        assertThat(VariantGate.refusal(0.0011, 1.0, 3, 3)).contains("0.11 points");
        assertThat(VariantGate.refusal(0.0, 0.9979, 3, 3)).contains("99.79 %");
        assertThat(VariantGate.refusal(0.0, 1.0, 1.04, 3)).contains("1.04 times");
        assertThat(VariantGate.refusal(0.0, 1.0, 3, 1.04)).contains("1.04 times");
        assertThat(VariantGate.refusal(Double.NaN, 1.0, 3, 3)).isNotNull();
        assertThat(VariantGate.refusal(0.0, Double.NaN, 3, 3)).isNotNull();
        assertThat(VariantGate.refusal(0.0, 1.0, Double.NaN, 3)).isNotNull();
        assertThat(VariantGate.refusal(null, null, 3, 3)).isNotNull();
    }

    private static VariantSelection.Selection choose(byte[] model, ModelVariant... forms) throws Exception {
        return VariantSelection.choose(
                (onnx, training, step) -> List.of(forms), model, IMAGES, IMAGES, 10, Optional.empty(), () -> {});
    }
}
