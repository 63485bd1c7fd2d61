package dev.trainyard.predictor.models;

import dev.trainyard.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads, runs and unloads a real model many times; prints the growth of resident memory in percent. */
final class LoadUnloadMemoryProbe {
    static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MODEL = Path.of("../api-gateway/src/main/resources/bundled/DigitModel/model.onnx");
    private static final int WARM_UP = 1_000;
    private static final int LOADS = 1_000;
    /** One-time growth, such as a thread pool, does not recur; a leak grows in each round. */
    private static final int ROUNDS = 3;
    /** Largest growth in percent. */
    private static final int LIMIT = 2;

    /** Divides both numbers of loads, so that the models in memory at both measurements have run equally often. */
    private static final int IMAGES = 50;

    private final byte[] onnx;
    private final FloatBuffer images = LoadedModel.imageBuffer(IMAGES);
    private final ModelCache<LoadedModel> cache;
    private int version;

    private LoadUnloadMemoryProbe(byte[] onnx) {
        this.onnx = onnx;
        this.cache = new ModelCache<>(4 * LoadedModel.estimate(onnx.length));
    }

    public static void main(String[] args) throws Exception {
        LoadUnloadMemoryProbe test = new LoadUnloadMemoryProbe(Files.readAllBytes(MODEL));
        long empty = residentKilobytes();
        test.loads(WARM_UP);
        double grown = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS && grown >= LIMIT; round++) {
            long before = residentKilobytes();
            long started = System.nanoTime();
            test.loads(LOADS);
            double seconds = (System.nanoTime() - started) / 1e9;
            long after = residentKilobytes();
            grown = 100.0 * (after - before) / before;
            System.out.printf(
                    "resident kB: %d empty, %d after loads and unloads, %d after %d more in %.1f s; %% grown: %.2f%n",
                    empty, before, after, LOADS, seconds, grown);
        }
        if (test.cache.evictions() < LOADS) {
            throw new AssertionError("only %d were let go".formatted(test.cache.evictions()));
        }
    }

    private void loads(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            ModelFile file = new ModelFile("M", ++version, new ArtifactRef("m", "hash", onnx.length));
            if (!cache.makeRoom(LoadedModel.estimate(onnx.length))) {
                throw new AssertionError("there is room for four");
            }
            cache.put(file, LoadedModel.load("M", version, onnx), false);
            try (ModelCache<LoadedModel>.Lease lease = cache.acquire(file).orElseThrow()) {
                lease.model().run(images, 1 + i % IMAGES);
            }
        }
    }

    /** Resident memory after a collection, so that native memory held by garbage does not count as growth. */
    private static long residentKilobytes() throws IOException {
        System.gc();
        String resident = Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(resident.replaceAll("[^0-9]", ""));
    }
}
