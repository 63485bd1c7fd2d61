package dev.trainyard.standalone.platform;

import dev.trainyard.dataset.DatasetConverter;
import dev.trainyard.dataset.DatasetManifest;
import dev.trainyard.dataset.Split;
import dev.trainyard.launch.PlatformRegistry;
import dev.trainyard.launch.RunningPlatform;
import dev.trainyard.settings.SecretFiles;
import dev.trainyard.standalone.process.LogRotation;
import dev.trainyard.standalone.process.ManagedProcess;
import dev.trainyard.standalone.process.OrphanedProcesses;
import dev.trainyard.standalone.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The whole platform on this machine: PostgreSQL, Kafka and the services, each a supervised process. */
public final class Platform implements AutoCloseable {
    private final PlatformOptions options;
    private final Consumer<String> messages;
    private final DataDirectory data;
    private final StartupMonitor startup;
    /** PostgreSQL, then the brokers. */
    private final List<ManagedProcess> infrastructure = new ArrayList<>();

    private final List<ManagedProcess> gateways = new ArrayList<>();
    private final List<ManagedProcess> workers = new ArrayList<>();
    private final List<Integer> gatewayPorts = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set by start
    private String bootstrapServers;

    private PlatformRegistry.@Nullable Entry entry;
    private @Nullable LogRotation logs;

    @SuppressWarnings("NullAway.Init") // set by start
    private ProcessSpecFactory processes;

    private Platform(PlatformOptions options, Consumer<String> messages) throws IOException {
        this.options = options;
        this.messages = messages;
        this.startup = new StartupMonitor(messages, options.startTimeout());
        this.data = options.cleanStart()
                ? DataDirectory.openToClear(options.dataDir())
                : DataDirectory.open(options.dataDir());
    }

    /**
     * Starts everything and returns once PostgreSQL, Kafka and the gateways are ready. Trainers and predictors may
     * still be starting: see {@link #awaitWorkers}.
     *
     * @param messages receives progress messages of one line each
     * @throws IOException if the start failed; all started processes have been stopped
     */
    public static Platform start(PlatformOptions options, Consumer<String> messages)
            throws IOException, InterruptedException {
        Platform platform = new Platform(options, messages);
        try {
            platform.start();
            return platform;
        } catch (IOException | InterruptedException | RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    public String url() {
        return url(gatewayPorts.get(0));
    }

    /** All gateways, beginning with the first. */
    public List<String> urls() {
        return gatewayPorts.stream().map(Platform::url).toList();
    }

    /** Kafka's bootstrap servers. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Settings of Kafka clients that may do everything. */
    public Map<String, Object> kafka() throws IOException {
        return processes.kafkaClient();
    }

    public Path dataDir() {
        return data.root();
    }

    private void start() throws IOException, InterruptedException {
        requireSecretFiles();
        List<String> orphans = OrphanedProcesses.end(data.run(), data.marker());
        if (!orphans.isEmpty()) {
            messages.accept("Stopped processes of an earlier start: " + String.join(", ", orphans) + ".");
        }
        if (options.cleanStart()) {
            data.clear();
        }
        logs = LogLimits.of(options.settings(), System.getenv()).rotation(data.logs(), messages);
        choosePorts();
        register();
        messages.accept("Starting PostgreSQL and Kafka in " + data.root() + ".");
        if (!Files.exists(data.root().resolve("postgres/data/PG_VERSION"))) {
            messages.accept("Preparing PostgreSQL (once for each data folder).");
        }
        processes = new ProcessSpecFactory(options, data);
        bootstrapServers = processes.bootstrapServers();
        launch(processes.postgres(), infrastructure);
        for (int node = 1; node <= options.brokers(); node++) {
            launch(processes.kafka(node), infrastructure);
        }
        // services wait for Kafka themselves, and their start takes longer than Kafka's
        startup.await(infrastructure.subList(0, 1));
        messages.accept("Starting %d gateway(s), %d trainer(s), %d predictor(s)."
                .formatted(options.gateways(), options.trainers(), options.predictors()));
        for (int i = 1; i <= options.gateways(); i++) {
            launch(processes.gateway(i, gatewayPorts.get(i - 1)), gateways);
        }
        convertDataset();
        for (int i = 1; i <= options.trainers(); i++) {
            launch(processes.trainer(i), workers);
        }
        for (int i = 1; i <= options.predictors(); i++) {
            launch(processes.predictor(i), workers);
        }
        startup.await(infrastructure);
        startup.await(gateways);
        ReadinessProbes.lowDiskReason(gatewayPorts.get(0)).ifPresent(messages);
    }

    /** Fails early: a gateway would reject the files too, but only after everything else has started. */
    private static void requireSecretFiles() throws IOException {
        for (String name : SecretFiles.named(System.getenv()).values()) {
            try {
                SecretFiles.value(name, System.getenv());
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /** Names of the trainers and predictors that are not ready yet. */
    public List<String> startingWorkers() {
        return StartupMonitor.starting(workers).stream()
                .map(ManagedProcess::name)
                .toList();
    }

    /**
     * Waits until every trainer and predictor is ready and, unless gateways ask for access tokens, a prediction succeeds.
     *
     * @throws IOException if one of them exits repeatedly before it is ready
     */
    public void awaitWorkers() throws IOException, InterruptedException {
        startup.await(workers);
        if (options.predictors() > 0) {
            awaitPrediction();
        }
    }

    /** Waits until every trainer and predictor is ready, even if one of them exits repeatedly. */
    public void followWorkers() throws InterruptedException {
        startup.awaitIndefinitely(workers);
    }

    private void register() {
        if (options.registry() == null) {
            return;
        }
        try {
            entry = options.registry().add(new RunningPlatform(url(), data.root(), options.home()));
        } catch (IOException e) {
            messages.accept("Clients cannot find this platform automatically: " + e);
        }
    }

    private void choosePorts() throws IOException {
        int port = Ports.gateway(options.port(), messages);
        gatewayPorts.add(port);
        while (gatewayPorts.size() < options.gateways()) {
            port = Ports.nextFree(port + 1);
            gatewayPorts.add(port);
        }
    }

    private void convertDataset() throws IOException {
        long started = System.nanoTime();
        if (!Files.exists(data.datasets().resolve(DatasetConverter.MNIST))) {
            messages.accept("Converting MNIST to TFRecords (once for each data folder).");
        }
        DatasetManifest mnist =
                DatasetConverter.ensure(options.archive(), data.datasets().resolve(DatasetConverter.MNIST));
        messages.accept("MNIST is available as TFRecords: %,d training and %,d test images (%.1f s)."
                .formatted(mnist.size(Split.TRAIN), mnist.size(Split.TEST), (System.nanoTime() - started) / 1e9));
    }

    private void launch(ProcessSpec spec, List<ManagedProcess> group) throws IOException {
        ManagedProcess process = new ManagedProcess(spec, data.logs(), data.run(), messages);
        group.add(process);
        process.start();
    }

    private void awaitPrediction() throws IOException, InterruptedException {
        Path example = options.home().resolve("example/8.png");
        for (int port : gatewayPorts) {
            while (!ReadinessProbes.predicts(port, example)) {
                startup.checkTime("the first prediction of %s (logs: %s)".formatted(url(port), data.logs()));
                Thread.sleep(100);
            }
        }
    }

    /** Stops the services, then Kafka, then PostgreSQL, and waits for each. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted(); // stopping must not be interrupted
        stopAll(Stream.concat(gateways.stream(), workers.stream()));
        stopAll(infrastructure.stream().skip(1)); // the brokers
        stopAll(infrastructure.stream().limit(1));
        if (logs != null) {
            logs.close();
        }
        storeArchives();
        try {
            if (entry != null) {
                entry.close();
            }
            data.close();
        } catch (IOException e) {
            messages.accept("%s could not be released: %s".formatted(data.root(), e.getMessage()));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stopAll(Stream<ManagedProcess> processes) {
        List<Thread> stops = processes
                .map(process -> new Thread(process::stop, "stop-" + process.name()))
                .toList();
        stops.forEach(Thread::start);
        stops.forEach(Platform::join);
    }

    private void storeArchives() {
        if (processes == null) {
            return;
        }
        try {
            processes.storeArchives();
        } catch (IOException e) {
            messages.accept("Class-data archives, which make later starts quicker, were not stored: " + e);
        }
    }

    private static void join(Thread thread) {
        while (true) {
            try {
                thread.join();
                return;
            } catch (InterruptedException e) {
                // another Ctrl-C while stopping is ignored
            }
        }
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }
}
