package dev.trainyard.system.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.job.TransitionReason;
import dev.trainyard.standalone.platform.Platform;
import dev.trainyard.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One chaos run: injects faults chosen by the seed while three projects submit jobs, then verifies every accepted job. */
public final class ChaosRun {
    /** Maximum time until the next job ends, independent of the number of jobs and of the machine's speed. */
    private static final Duration PROGRESS_LIMIT = Duration.ofMinutes(10);

    private static final Duration RETRY_LIMIT = Duration.ofMinutes(5);
    private static final int PAUSE_MILLIS = 2_300;
    /** Projects and their weights. */
    private static final Map<String, Integer> PROJECTS = Map.of("vision", 2, "research", 1, "robotics", 1);

    private final PlatformOptions options;
    private final Duration duration;
    private final long seed;
    private final Consumer<String> messages;
    private final Random random;
    private final ChaosReport report;

    @SuppressWarnings("NullAway.Init") // set by run
    private FaultInjector faults;

    @SuppressWarnings("NullAway.Init") // set by run
    private ChaosClient client;

    @SuppressWarnings("NullAway.Init") // set by run
    private AvailabilityMonitor availability;

    @SuppressWarnings("NullAway.Init") // set by run
    private String bootstrapServers;

    public ChaosRun(PlatformOptions options, Duration lease, Duration duration, long seed, Consumer<String> messages) {
        this.report = new ChaosReport(lease);
        this.options = options;
        this.duration = duration;
        this.seed = seed;
        this.messages = messages;
        this.random = new Random(seed);
    }

    private static String durationText(Duration length) {
        return length.isZero() ? "" : " for %.1f s".formatted(length.toMillis() / 1e3);
    }

    /** Returns true if no promise was violated. */
    public boolean run() throws IOException, InterruptedException {
        List<String> start = new ArrayList<>();
        AtomicReference<Consumer<String>> restarts = new AtomicReference<>(start::add);
        try (Platform platform = Platform.start(
                        options, line -> Objects.requireNonNull(restarts.get()).accept(line));
                ChaosLog log = new ChaosLog(platform.dataDir().resolve("log/chaos.log"))) {
            platform.awaitWorkers();
            start.forEach(log::note);
            restarts.set(log::note);
            messages.accept(
                    "Chaos for %d min with seed %d at %s.".formatted(duration.toMinutes(), seed, platform.url()));
            faults = new FaultInjector(
                    platform.dataDir().resolve("run"),
                    fault ->
                            log.note("%s %s%s".formatted(fault.kind(), fault.process(), durationText(fault.length()))));
            client = new ChaosClient(platform.urls());
            bootstrapServers = platform.bootstrapServers();
            LiveHeapSampler heap = new LiveHeapSampler(faults, client, options.gateways());
            List<ChaosLoad> loads = loads(platform.urls());
            List<Thread> loadThreads =
                    loads.stream().map(load -> new Thread(load, "chaos-load")).toList();
            loadThreads.forEach(Thread::start);
            ChaosClient probeClient = new ChaosClient(platform.urls());
            // a gateway is ready without the broker as well, but jobs reach trainers through the broker only
            availability =
                    new AvailabilityMonitor(() -> probeClient.isAnyReady() && faults.brokerAnswers(bootstrapServers));
            Thread monitorThread = new Thread(availability, "chaos-availability");
            monitorThread.start();
            Instant end = Instant.now().plus(duration);
            while (Instant.now().isBefore(end)) {
                Thread.sleep(1_000 + random.nextInt(2 * PAUSE_MILLIS));
                injectFault();
                heap.sampleIfDue();
            }
            report.heap(heap.text());
            loads.forEach(ChaosLoad::stop);
            for (Thread thread : loadThreads) {
                thread.join();
            }
            messages.accept("No more faults; waiting for %d jobs to end."
                    .formatted(loads.stream()
                            .mapToInt(load -> load.accepted().size())
                            .sum()));
            for (ChaosLoad load : loads) {
                awaitRemainingJobs(load);
            }
            availability.stop();
            monitorThread.join();
            verify(loads);
            report.slowestRecoveries().forEach(log::note);
            restarts.set(line -> {});
        }
        report.faults(faults.injected());
        report.lines().forEach(messages);
        return report.violations().isEmpty();
    }

    private List<ChaosLoad> loads(List<String> urls) throws IOException, InterruptedException {
        List<ChaosLoad> loads = new ArrayList<>();
        for (Map.Entry<String, Integer> project : new TreeMap<>(PROJECTS).entrySet()) {
            client.createProject(project.getKey(), project.getValue());
            loads.add(new ChaosLoad(new ChaosClient(urls, project.getKey()), seed + loads.size(), report));
        }
        return loads;
    }

    private void injectFault() throws IOException, InterruptedException {
        int dice = random.nextInt(100);
        if (dice < 40) {
            faults.kill("trainer-" + (1 + random.nextInt(2)));
        } else if (dice < 62) {
            faults.kill("gateway-" + (1 + random.nextInt(2)));
        } else if (dice < 75) {
            faults.kill("predictor-1");
        } else if (dice < 82) {
            killBroker();
        } else if (dice < 90) {
            faults.kill("postgres");
        } else if (dice < 96) {
            faults.freeze("trainer-" + (1 + random.nextInt(2)), 1_000 + random.nextInt(15_000));
        } else {
            String[] others = {"gateway-1", "gateway-2", broker(), "postgres", "predictor-1"};
            faults.freeze(others[random.nextInt(others.length)], 500 + random.nextInt(4_000));
        }
    }

    private String broker() {
        return options.brokers() == 1 ? "kafka" : "kafka-" + (1 + random.nextInt(options.brokers()));
    }

    /** Measures the time from the broker's return until a prediction, which crosses it twice, is answered. */
    private void killBroker() throws IOException, InterruptedException {
        Path example = options.home().resolve("example/8.png");
        boolean before = client.predicts(example);
        if (!faults.kill(broker())) {
            return;
        }
        Instant limit = Instant.now().plusSeconds(30);
        Instant up = null;
        while (Instant.now().isBefore(limit)) {
            if (up == null && faults.brokerAnswers(bootstrapServers)) {
                up = Instant.now();
            }
            if (up != null && client.predicts(example)) {
                if (before) {
                    report.brokerRecovery(Duration.between(up, Instant.now()));
                }
                return;
            }
            Thread.sleep(50);
        }
    }

    private void awaitRemainingJobs(ChaosLoad load) throws InterruptedException {
        ChaosClient client = load.client();
        List<String> open = new ArrayList<>(load.accepted());
        Instant limit = Instant.now().plus(PROGRESS_LIMIT);
        while (!open.isEmpty() && Instant.now().isBefore(limit)) {
            String key = open.get(0);
            try {
                String status = client.job(key).path("status").asText();
                if (List.of("success", "failed", "cancelled").contains(status)) {
                    open.remove(0);
                    limit = Instant.now().plus(PROGRESS_LIMIT);
                    continue;
                }
                if (status.equals("paused")) {
                    client.requestAction(key, "resume");
                }
            } catch (IOException e) {
                client.switchGateway();
            }
            Thread.sleep(200);
        }
    }

    private void verify(List<ChaosLoad> loads) throws IOException, InterruptedException {
        TreeMap<String, Integer> ends = new TreeMap<>();
        for (ChaosLoad load : loads) {
            verify(load, ends);
        }
        report.jobs(ends.values().stream().mapToInt(Integer::intValue).sum(), ends);
    }

    private void verify(ChaosLoad load, Map<String, Integer> ends) throws IOException, InterruptedException {
        JobHistoryVerifier histories = retry(load.client(), () -> new JobHistoryVerifier(load.client()));
        for (String key : load.accepted()) {
            report.violations(retry(load.client(), () -> histories.violations(key)));
            JsonNode job = retry(load.client(), () -> load.client().job(key));
            String code = job.path("error").path("code").asText("");
            ends.merge(job.path("status").asText() + (code.isEmpty() ? "" : " (" + code + ")"), 1, Integer::sum);
            recordRecoveries(key, job);
        }
    }

    private interface GatewayCall<T> {
        T send() throws IOException, InterruptedException;
    }

    /** The gateways that were killed last may still be starting. */
    private static <T> T retry(ChaosClient client, GatewayCall<T> call) throws IOException, InterruptedException {
        Instant limit = Instant.now().plus(RETRY_LIMIT);
        while (true) {
            try {
                return call.send();
            } catch (IOException e) {
                if (Instant.now().isAfter(limit)) {
                    throw e;
                }
                client.switchGateway();
                Thread.sleep(200);
            }
        }
    }

    private void recordRecoveries(String key, JsonNode job) {
        Instant claimed = Instant.EPOCH;
        for (JsonNode step : job.path("transitions")) {
            Instant at = Instant.parse(step.path("at").asText());
            TransitionReason reason = TransitionReason.of(step.path("reason").asText());
            if (reason == TransitionReason.CLAIMED) {
                claimed = at;
            } else if (reason.isWorkerLoss()) {
                report.lost(key, step.path("worker").asText(), claimed, at, faults.injected(), availability);
            }
        }
    }
}
