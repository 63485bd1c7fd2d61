package dev.trainyard.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.message.WireJson;
import dev.trainyard.trust.TrustPack.MeanAndDeviation;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustEvaluatorTest {
    private static final float[] SURE = {9, 0, 1};
    private static final float[] TORN = {4, 3.5f, -2};
    private static final float[] FITS = {0.99f, 0.99f, 0.99f};

    @Test
    void theTemperatureCalibratesWithoutChangingThePrediction() {
        TrustVerdict cold = check(pack(1, 0.1, 100)).judge(SURE, FITS, 0, 9);
        TrustVerdict warm = check(pack(3, 0.1, 100)).judge(SURE, FITS, 0, 9);

        assertThat(cold.prediction()).isZero();
        assertThat(warm.prediction()).isZero();
        assertThat(cold.probability()).isCloseTo(0.99954f, within(1e-5f));
        assertThat(warm.probability()).isCloseTo(0.89344f, within(1e-5f));
        assertThat(warm.probabilities()[0] + warm.probabilities()[1] + warm.probabilities()[2])
                .isCloseTo(1f, within(1e-6f));
    }

    @Test
    void thePredictionSetHoldsPlausibleClassesAndThePrediction() {
        assertThat(check(pack(1, 0.1, 100)).judge(SURE, FITS, 0, 9).predictionSet())
                .containsExactly(0);
        assertThat(check(pack(1, 0.1, 100)).judge(TORN, FITS, 0, 9).predictionSet())
                .containsExactly(0, 1);
        assertThat(check(pack(1, 0.9, 100)).judge(TORN, FITS, 0, 9).predictionSet())
                .containsExactly(0);
        assertThat(check(pack(1, 0, 100)).judge(TORN, FITS, 0, 9).predictionSet())
                .containsExactly(0, 1, 2);
    }

    @Test
    void anImageUnlikeADigitIsAnOutlierWithAnEmptyPredictionSet() {
        TrustEvaluator check = check(pack(1, 0.1, 2.4));
        TrustVerdict digit = check.judge(SURE, FITS, 0, 9);
        TrustVerdict otherEdges = check.judge(SURE, new float[] {0.4f, 1, 1}, 0, 9);
        TrustVerdict weakForItsInk = check.judge(new float[] {1, 0, 0}, FITS, 0, 9);

        assertThat(digit.outlier()).isFalse();
        assertThat(otherEdges.outlier()).isTrue();
        assertThat(otherEdges.score()).isGreaterThan(2.4);
        assertThat(otherEdges.predictionSet()).isEmpty();
        assertThat(weakForItsInk.score()).isGreaterThan(digit.score());
    }

    @Test
    void aScoreAtTheThresholdIsAcceptedAndNaNIsNot() {
        double score = check(pack(1, 0.1, 1)).judge(SURE, FITS, 0, 9).score();

        assertThat(check(pack(1, 0.1, score)).judge(SURE, FITS, 0, 9).outlier()).isFalse();
        assertThat(check(pack(1, 0.1, Math.nextDown(score)))
                        .judge(SURE, FITS, 0, 9)
                        .outlier())
                .isTrue();
        assertThat(check(pack(1, 0.1, 100)).judge(SURE, FITS, 0, Double.NaN).outlier())
                .isTrue();
    }

    @Test
    void eachImageOfABatchIsScoredByItsRow() {
        float[] logits = {0, 0, 9, 9, 0, 0};
        float[] fits = {0.99f, 0.99f, 0.99f, 0.1f, 0.99f, 0.99f};
        TrustEvaluator check = check(pack(1, 0.1, 2.4));

        assertThat(check.judge(logits, fits, 0, 9).prediction()).isEqualTo(2);
        assertThat(check.judge(logits, fits, 0, 9).outlier()).isFalse();
        assertThat(check.judge(logits, fits, 1, 9).prediction()).isZero();
        assertThat(check.judge(logits, fits, 1, 9).outlier()).isTrue();
    }

    /** Classes have different distributions. */
    @Test
    void scoresAreScaledByTheSpreadOfThePredictedClass() {
        List<MeanAndDeviation> shapes = List.of(
                new MeanAndDeviation(Math.log(0.01), 0.5), new MeanAndDeviation(0, 1), new MeanAndDeviation(0, 1));
        List<MeanAndDeviation> energies =
                List.of(new MeanAndDeviation(-0.9, 0.2), new MeanAndDeviation(9, 0.2), new MeanAndDeviation(9, 0.2));
        float[] second = {0, 9, 1};

        assertThat(check(pack(shapes, energies, 0.5)).judge(SURE, FITS, 0, 9).score())
                .isEqualTo(check(pack(1, 0.1, 100)).judge(SURE, FITS, 0, 9).score());
        assertThat(check(pack(shapes, Collections.nCopies(3, energies.get(0)), 0.5))
                        .judge(second, FITS, 0, 9)
                        .score())
                .as("fits better than its class does")
                .isLessThan(check(pack(1, 0.1, 100)).judge(second, FITS, 0, 9).score());
        assertThat(check(pack(Collections.nCopies(3, shapes.get(0)), energies, 0.5))
                        .judge(second, FITS, 0, 9)
                        .score())
                .as("larger logits than its class has")
                .isLessThan(check(pack(1, 0.1, 100)).judge(second, FITS, 0, 9).score());
    }

    @Test
    void aBetterFitInOneMeasureDoesNotOffsetTheOther() {
        double usual = OutlierScore.of(0, 0, 0.5);
        assertThat(OutlierScore.of(-9, -9, 0.5)).isLessThan(usual);
        assertThat(OutlierScore.of(-9, 6, 0.5)).isGreaterThan(usual);
        assertThat(OutlierScore.of(6, -9, 0.5)).isGreaterThan(OutlierScore.of(-9, 6, 0.5));
        assertThat(OutlierScore.of(40, 0, 0.5)).isGreaterThan(OutlierScore.of(20, 0, 0.5));
    }

    @Test
    void theEnergyWeightComesFromThePack() {
        List<MeanAndDeviation> shapes = Collections.nCopies(3, new MeanAndDeviation(Math.log(0.01), 0.5));
        List<MeanAndDeviation> energies = Collections.nCopies(3, new MeanAndDeviation(-0.9, 0.2));
        float[] weak = {1, 0, 0};

        assertThat(check(pack(shapes, energies, 2)).judge(weak, FITS, 0, 9).score())
                .isGreaterThan(check(pack(shapes, energies, 0.5))
                        .judge(weak, FITS, 0, 9)
                        .score());
    }

    @Test
    void anIncompletePackIsRejected() {
        assertThatThrownBy(() -> new TrustEvaluator(pack(0, 0.1, 1), 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TrustEvaluator(pack(1, 0.1, 1), 10)).hasMessageContaining("10 classes");
        TrustPack later = new TrustPack(
                3, 1, pack(1, 0.1, 1).predictionSets(), pack(1, 0.1, 1).outliers(), null, null, null);
        assertThatThrownBy(() -> new TrustEvaluator(later, 3)).hasMessageContaining("version 3");
    }

    @Test
    void aPackOfTheNextVersionIsRead() {
        TrustPack next = new TrustPack(
                2, 1, pack(1, 0.1, 1).predictionSets(), pack(1, 0.1, 1).outliers(), null, null, null);
        assertThat(next.isComplete(3)).isTrue();
    }

    /** Models of the first version stay servable. */
    @Test
    void thePackKeepsItsForm() throws Exception {
        TrustPack pack = new TrustPack(
                1,
                1.5,
                new TrustPack.PredictionSets(0.95, 0.25),
                new TrustPack.OutlierDetector(
                        "d",
                        2.5,
                        0.9535,
                        0.5,
                        List.of(new MeanAndDeviation(-5, 0.5)),
                        List.of(new MeanAndDeviation(-1.5, 0.25))),
                new TrustPack.FittedOn(6000, 20000),
                new TrustMetrics(10000, 0.95, 0.99, 0.948, 1.01, 0.002),
                null);
        String json = ("{'v':1,'temperature':1.5,'prediction_sets':{'coverage':0.95,'least_probability':0.25},"
                        + "'outliers':{'detector':'d','threshold':2.5,'acceptance':0.9535,'energy_weight':0.5,"
                        + "'shape':[{'mean':-5.0,'deviation':0.5}],'energy':[{'mean':-1.5,'deviation':0.25}]},"
                        + "'fitted_on':{'held_out':6000,'training':20000},"
                        + "'test':{'images':10000,'acceptance':0.95,'accuracy_accepted':0.99,'coverage':0.948,"
                        + "'mean_set_size':1.01,'calibration_error':0.002}}")
                .replace('\'', '"');

        assertThat(new String(WireJson.write(pack), StandardCharsets.UTF_8)).isEqualTo(json);
        assertThat(WireJson.mapper().readValue(json, TrustPack.class)).isEqualTo(pack);
    }

    private static TrustEvaluator check(TrustPack pack) {
        return new TrustEvaluator(pack, 3);
    }

    private static TrustPack pack(double temperature, double leastProbability, double threshold) {
        return pack(
                temperature,
                leastProbability,
                threshold,
                Collections.nCopies(3, new MeanAndDeviation(Math.log(0.01), 0.5)),
                Collections.nCopies(3, new MeanAndDeviation(-0.9, 0.2)),
                0.5);
    }

    private static TrustPack pack(List<MeanAndDeviation> shapes, List<MeanAndDeviation> energies, double energyWeight) {
        return pack(1, 0.1, 100, shapes, energies, energyWeight);
    }

    private static TrustPack pack(
            double temperature,
            double leastProbability,
            double threshold,
            List<MeanAndDeviation> shapes,
            List<MeanAndDeviation> energies,
            double energyWeight) {
        return new TrustPack(
                TrustPack.VERSION,
                temperature,
                new TrustPack.PredictionSets(0.95, leastProbability),
                new TrustPack.OutlierDetector("test", threshold, 0.95, energyWeight, shapes, energies),
                null,
                null,
                null);
    }
}
