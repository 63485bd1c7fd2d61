package dev.trainyard.gateway.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.gateway.drift.DriftComparison.Feature;
import dev.trainyard.gateway.drift.DriftComparison.Result;
import dev.trainyard.trust.ReferenceHistograms;
import dev.trainyard.trust.ReferenceHistograms.Histogram;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DriftComparisonTest {
    private static final double MIN_EFFECT = 0.5;
    private static final double ACCEPTANCE = 0.95;

    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void windowsOfTheSameDistributionAreStable() {
        int alarms = 0;
        for (int window = 0; window < 2_000; window++) {
            if (drifted(compare(drawn(6_000), drawn(1_000)))) {
                alarms++;
            }
        }
        assertThat(alarms).isLessThanOrEqualTo(2);
    }

    /** The other images are outliers, as 5 % of the usual ones. */
    @Test
    void aTenthOfOtherImagesIsFoundInEachWindow() {
        for (int window = 0; window < 200; window++) {
            int outliers = 100;
            for (int image = 0; image < 900; image++) {
                outliers += random.nextInt(20) == 0 ? 1 : 0;
            }
            List<Result> results = compare(drawn(6_000), drawn(1_000), outliers);
            assertThat(drifted(results)).isTrue();
            assertThat(results.get(4).isDrift(MIN_EFFECT)).isTrue();
            assertThat(results.get(3).isDrift(MIN_EFFECT)).as("ink is the same").isFalse();
        }
    }

    @Test
    void manyImagesWithASmallDifferenceAreStable() {
        long[] images = drawn(100_000);
        images[9] += 1_000;
        Result score = compare(drawn(60_000), images).get(2);
        assertThat(score.pValue()).isLessThan(DriftComparison.SIGNIFICANCE);
        assertThat(score.effectSize()).isLessThan(0.1);
        assertThat(score.isDrift(MIN_EFFECT)).isFalse();
    }

    /** Expected values from R: {@code chisq.test(rbind(c(30, 70), c(50, 50)), correct = FALSE)}. */
    @Test
    void thePValueIsThatOfTheChiSquaredTestCorrectedForFiveTests() {
        Histogram reference = new Histogram(new double[] {1}, new int[] {30, 70});
        long[] half = {50, 50};
        ReferenceHistograms all = new ReferenceHistograms(new int[] {30, 70}, reference, reference, reference);
        List<Result> results = DriftComparison.compare(
                all,
                ACCEPTANCE,
                new DriftWindows.Window(
                        new VersionKey("M", 1), Instant.EPOCH, null, 100, 0, 90, half, half, half, new long[] {30, 70
                        }));
        assertThat(results).extracting(Result::feature).containsExactly(Feature.values());
        assertThat(results.get(0).pValue()).isCloseTo(5 * 0.003892, within(1e-5));
        assertThat(results.get(0).effectSize()).isCloseTo(0.4313, within(1e-4));
        assertThat(results.get(3).pValue()).isOne();
        assertThat(results.get(3).effectSize()).isCloseTo(0, within(0.01));
    }

    @Test
    void anEmptyBinOfTheReferenceDoesNotMakeTheEffectInfinite() {
        Histogram reference = new Histogram(new double[] {1}, new int[] {100, 0});
        long[] last = {0, 300};
        ReferenceHistograms all = new ReferenceHistograms(new int[] {100, 0}, reference, reference, reference);
        Result result = DriftComparison.compare(
                        all,
                        ACCEPTANCE,
                        new DriftWindows.Window(
                                new VersionKey("M", 1), Instant.EPOCH, null, 300, 0, 1, last, last, last, last))
                .get(0);
        assertThat(result.effectSize()).isFinite().isGreaterThan(1);
        assertThat(result.isDrift(MIN_EFFECT)).isTrue();
    }

    private static boolean drifted(List<Result> results) {
        return results.stream().anyMatch(result -> result.isDrift(MIN_EFFECT));
    }

    /** Classes, confidence and ink are as in the reference's distribution; {@code scores} are those of the window. */
    private List<Result> compare(long[] reference, long[] scores) {
        return compare(reference, scores, (int) (Arrays.stream(scores).sum() / 20));
    }

    private List<Result> compare(long[] reference, long[] scores, int outliers) {
        int[] counts = Arrays.stream(reference).mapToInt(Math::toIntExact).toArray();
        Histogram histogram = new Histogram(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, counts);
        long images = Arrays.stream(scores).sum();
        long[] same = drawn((int) images);
        return DriftComparison.compare(
                new ReferenceHistograms(counts, histogram, histogram, histogram),
                ACCEPTANCE,
                new DriftWindows.Window(
                        new VersionKey("M", 1),
                        Instant.EPOCH,
                        null,
                        images,
                        outliers,
                        images,
                        same,
                        drawn((int) images),
                        scores,
                        same));
    }

    private long[] drawn(int images) {
        long[] counts = new long[10];
        for (int i = 0; i < images; i++) {
            counts[random.nextInt(10)]++;
        }
        return counts;
    }
}
