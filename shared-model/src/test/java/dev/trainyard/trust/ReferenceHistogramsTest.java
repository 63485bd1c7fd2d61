package dev.trainyard.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.WireJson;
import dev.trainyard.trust.ReferenceHistograms.Histogram;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReferenceHistogramsTest {
    @Test
    void binsHoldAboutEquallyManyValues() {
        Histogram histogram =
                Histogram.of(IntStream.range(0, 100).asDoubleStream().toArray());
        assertThat(histogram.counts()).containsOnly(10).hasSize(10);
        assertThat(histogram.edges()).startsWith(10, 20).endsWith(90);
    }

    @Test
    void anEdgeBelongsToTheBinAboveIt() {
        Histogram histogram = new Histogram(new double[] {1, 2}, new int[3]);
        assertThat(DoubleStream.of(-9, 0.99, 1, 1.99, 2, 99, Double.NaN)
                        .mapToInt(histogram::bin)
                        .toArray())
                .containsExactly(0, 0, 1, 1, 2, 2, 2);
    }

    @Test
    void equalValuesShareABin() {
        Histogram histogram = Histogram.of(new double[] {0.1, 0.2, 1, 1, 1, 1, 1, 1, 1, 1});
        assertThat(histogram.edges()).containsExactly(0.2, 1);
        assertThat(histogram.counts()).containsExactly(1, 1, 8);
    }

    @Test
    void theImagesAreCountedByClassAndValue() {
        ReferenceHistograms reference = reference();
        assertThat(reference.classes()).containsExactly(0, 2);
        assertThat(reference.images()).isEqualTo(2);
        assertThat(reference.bins(verdict(0.9f, 1), 5)).containsExactly(2, 2, 2);
        assertThat(reference.bins(verdict(0.1f, 0.1), 0.1)).containsExactly(0, 0, 0);
    }

    @Test
    void theFormIsKept() throws Exception {
        String json = new String(WireJson.write(reference()), StandardCharsets.UTF_8);
        String histogram = "{\"edges\":[%s],\"counts\":[%s]}";
        assertThat(json)
                .isEqualTo("{\"classes\":[0,2],\"confidence\":%s,\"score\":%s,\"ink\":%s}"
                        .formatted(
                                histogram.formatted("0.5,0.75", "0,1,1"),
                                histogram.formatted("0.5,0.75", "0,1,1"),
                                histogram.formatted("0.5,0.75", "0,1,1")));
        assertThat(ReferenceHistograms.valid(WireJson.mapper().readValue(json, ReferenceHistograms.class), 2))
                .isNotNull();
    }

    @Test
    void anInvalidReferenceIsIgnored() {
        Histogram good = new Histogram(new double[] {1}, new int[] {1, 1});
        int[] classes = {1, 1};
        assertThat(ReferenceHistograms.valid(new ReferenceHistograms(classes, good, good, good), 2))
                .isNotNull();
        assertThat(ReferenceHistograms.valid(new ReferenceHistograms(classes, good, good, good), 3))
                .as("another number of classes")
                .isNull();
        for (Histogram bad : List.of(
                new Histogram(new double[] {1}, new int[] {1}),
                new Histogram(new double[] {2, 1}, new int[] {1, 1, 1}),
                new Histogram(new double[] {Double.NaN}, new int[] {1, 1}),
                new Histogram(new double[16], new int[17]))) {
            assertThat(ReferenceHistograms.valid(new ReferenceHistograms(classes, good, bad, good), 2))
                    .isNull();
        }
        assertThat(ReferenceHistograms.valid(null, 2)).isNull();
    }

    private static ReferenceHistograms reference() {
        return ReferenceHistograms.of(List.of(verdict(0.5f, 0.5), verdict(0.75f, 0.75)), new double[] {0.5, 0.75}, 2);
    }

    private static TrustVerdict verdict(float probability, double score) {
        return new TrustVerdict(1, new float[] {1 - probability, probability}, new int[] {1}, score, false);
    }
}
