package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.predictor.OnnxModels;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sessions of ONNX Runtime take and give back, as the operating system counts it. */
class ModelMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int LOADS = 1_000;
    private static final int WARM_UP = 200;

    @Test
    void aThousandLoadsAndUnloadsGrowMemoryByLessThanTwoPercent() throws Exception {
        assumeThat(STATUS).as("resident memory is read there").exists();
        byte[] onnx = OnnxModels.thatAlwaysAnswers(1);
        FloatBuffer images = LoadedModel.imageBuffer(8);
        long size = LoadedModel.estimate(onnx.length);
        try (ModelCache<LoadedModel> cache = new ModelCache<>(4 * size)) {
            loadEach(cache, onnx, images, WARM_UP);
            long before = residentKilobytes();
            loadEach(cache, onnx, images, LOADS);
            long after = residentKilobytes();
            System.out.printf(
                    "%d loads and unloads: resident memory %,d kB before, %,d kB after, %+.2f %%%n",
                    LOADS, before, after, 100.0 * (after - before) / before);

            assertThat(cache.evictions()).isGreaterThanOrEqualTo(LOADS);
            assertThat((double) after / before).isLessThan(1.02);
        }
    }

    private static int version;

    private static void loadEach(ModelCache<LoadedModel> cache, byte[] onnx, FloatBuffer images, int times)
            throws Exception {
        for (int i = 0; i < times; i++) {
            ModelFile file = new ModelFile("M", ++version, new ArtifactRef("m", "hash", onnx.length));
            assertThat(cache.makeRoom(LoadedModel.estimate(onnx.length))).isTrue();
            cache.put(file, LoadedModel.load("M", version, onnx), false);
            try (ModelCache<LoadedModel>.Lease lease = cache.acquire(file).orElseThrow()) {
                lease.model().run(images, 8);
            }
        }
    }

    /** After a collection, so that the heap's garbage is not taken for growth. */
    private static long residentKilobytes() throws IOException {
        System.gc();
        List<String> lines = new ArrayList<>(Files.readAllLines(STATUS));
        String resident = lines.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(resident.replaceAll("[^0-9]", ""));
    }
}
