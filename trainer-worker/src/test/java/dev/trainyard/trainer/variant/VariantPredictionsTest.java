package dev.trainyard.trainer.variant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.trust.TrustPack;
import dev.trainyard.trust.TrustPack.MeanAndDeviation;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Predictions as clients see them: a digit, or an outlier. */
class VariantPredictionsTest {
    private static final int CLASSES = 10;

    @Test
    void predictionsAgreeIfDigitAndOutlierAreTheSame() {
        VariantPredictions some =
                new VariantPredictions(new int[] {1, 2, 3, 4}, new boolean[] {false, false, true, true});
        VariantPredictions others =
                new VariantPredictions(new int[] {1, 2, 3, 0}, new boolean[] {false, true, true, true});

        assertThat(some.agreement(others)).isEqualTo(0.5);
        assertThat(some.agreement(some)).isEqualTo(1);
        assertThat(some.accuracy(new byte[] {1, 2, 3, 0})).isEqualTo(0.75);
    }

    @Test
    void aVariantThatMarksEveryImageAsOutlierDoesNotPass() throws Exception {
        ImageDataset images = Digits.test(300);
        ModelVariant model = new ModelVariant("fp32", DenseModels.withShapeFit(1));
        ModelVariant blind = new ModelVariant("blind", DenseModels.withShapeFit(0));

        List<VariantGate.Measured> measured = VariantGate.measure(
                model, List.of(blind), images, CLASSES, true, Optional.of(thatWantsAFit()), () -> {});

        assertThat(measured.get(0).agreement()).isEqualTo(1);
        assertThat(measured.get(1).accuracy()).isEqualTo(measured.get(0).accuracy());
        assertThat(measured.get(1).agreement()).isZero();
    }

    /** The score is near 0 for a fitting shape and 0.7 for another, independent of the energy. */
    private static TrustPack thatWantsAFit() {
        List<MeanAndDeviation> standard = Collections.nCopies(CLASSES, new MeanAndDeviation(0, 1));
        return new TrustPack(
                TrustPack.VERSION,
                1,
                new TrustPack.PredictionSets(0.95, 0.1),
                new TrustPack.OutlierDetector("test", 0.5, 0.95, 0, standard, standard),
                null,
                null,
                null);
    }
}
