package dev.trainyard.system.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Samples the gateways' live heap: read after a full collection, because the used heap varies between collections. */
public final class LiveHeapSampler {
    private static final Duration PAUSE = Duration.ofSeconds(20);
    private static final long LIMIT_SECONDS = 10;

    private final FaultInjector processes;
    private final ChaosClient client;
    private final int gateways;
    private final List<Double> samples = new ArrayList<>();
    private long lastNanos = System.nanoTime();

    public LiveHeapSampler(FaultInjector processes, ChaosClient client, int gateways) {
        this.processes = processes;
        this.client = client;
        this.gateways = gateways;
    }

    /** Samples each reachable gateway, unless the last sample is recent. */
    public void sampleIfDue() throws IOException, InterruptedException {
        if (System.nanoTime() - lastNanos < PAUSE.toNanos()) {
            return;
        }
        lastNanos = System.nanoTime();
        for (int i = 1; i <= gateways; i++) {
            var process = processes.process("gateway-" + i);
            if (process.isPresent()) {
                collect(process.get().pid());
            }
        }
        samples.addAll(client.heaps());
    }

    private static void collect(long pid) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process running = new ProcessBuilder(jcmd, String.valueOf(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!running.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            running.destroyForcibly(); // the gateway is frozen or was killed just now
        }
    }

    /** Mean of the first and of the last quarter of the samples, formatted for a table. */
    public String text() {
        int quarter = samples.size() / 4;
        if (quarter == 0) {
            return "too short";
        }
        double first = mean(samples.subList(0, quarter));
        double last = mean(samples.subList(samples.size() - quarter, samples.size()));
        return "%.1f MB, %.1f MB (%+.0f %%)".formatted(first / 1e6, last / 1e6, 100 * (last / first - 1));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
