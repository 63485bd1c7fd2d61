package dev.trainyard.predictor.models;

import ai.onnxruntime.*;
import java.nio.file.*;
import java.util.*;

final class SessionCost {
    static long rss() throws Exception {
        System.gc();
        return Long.parseLong(Files.readAllLines(LoadAndUnload.STATUS).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .findFirst()
                .get()
                .replaceAll("[^0-9]", ""));
    }

    public static void main(String[] a) throws Exception {
        byte[] onnx = Files.readAllBytes(Path.of(a[0]));
        boolean arena = a[1].equals("arena");
        int batch = Integer.parseInt(a[2]);
        int n = 100;
        var env = OrtEnvironment.getEnvironment();
        var images = LoadedModel.imageBuffer(Math.max(1, batch));
        List<OrtSession> keep = new ArrayList<>();
        long t0 = 0;
        long before = 0;
        for (int i = 0; i < n + 5; i++) {
            if (i == 5) before = rss();
            var o = new OrtSession.SessionOptions();
            o.setIntraOpNumThreads(1);
            o.setInterOpNumThreads(1);
            o.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            o.setCPUArenaAllocator(arena);
            var s = env.createSession(onnx, o);
            keep.add(s);
            if (batch > 0) {
                images.clear().limit(batch * 784);
                try (var t = OnnxTensor.createTensor(env, images, new long[] {batch, 1, 28, 28});
                        var r = s.run(Map.of("image", t), Set.of("probabilities"))) {}
            }
        }
        long per = (rss() - before) / n;
        var s = keep.get(0);
        int b = Math.max(1, batch);
        int runs = 20000 / b + 200;
        double best = 1e9;
        for (int round = 0; round < 5; round++) {
            long t = System.nanoTime();
            for (int i = 0; i < runs; i++) {
                images.clear().limit(b * 784);
                try (var x = OnnxTensor.createTensor(env, images, new long[] {b, 1, 28, 28});
                        var r = s.run(Map.of("image", x), Set.of("probabilities"))) {}
            }
            best = Math.min(best, (System.nanoTime() - t) / 1e3 / runs);
        }
        System.out.printf(
                "%s file %d kB, arena %s, batch %d: %d kB a session; %.1f us a run%n",
                Path.of(a[0]).getFileName(), onnx.length / 1024, arena, batch, per, best);
    }
}
