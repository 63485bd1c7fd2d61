package dev.trainyard.standalone.platform;

import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.postgres.PostgresCluster;
import dev.trainyard.standalone.process.LowPriority;
import dev.trainyard.standalone.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How each process of a platform is started, and with which settings. */
final class Processes {
    private static final String JAVA_OPTIONS = "TRAINYARD_JAVA_OPTS";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    /** A trainer first finishes its drain. */
    private static final Duration TRAINER_STOP_LIMIT = Duration.ofSeconds(35);

    private final Path home;
    private final DataDirectory data;
    private final Map<String, String> settings;
    private final PostgresCluster postgres;
    private final int postgresPort = Ports.free();
    private final int kafkaPort = Ports.free();

    Processes(Path home, DataDirectory data, Map<String, String> settings) throws IOException {
        this.settings = settings;
        this.home = home;
        this.data = data;
        this.postgres = PostgresCluster.in(data.root().resolve("postgres"));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    ProcessSpec postgres() throws IOException {
        return new ProcessSpec(
                "postgres",
                postgres.command(postgresPort),
                marked(Map.of()),
                () -> postgres.answers(postgresPort),
                "INT", // TERM would wait for every client to leave
                STOP_LIMIT);
    }

    ProcessSpec kafka() throws IOException {
        List<String> command = new ArrayList<>(List.of(ServiceJar.java(), "-Xmx512m", "-XX:+UseSerialGC"));
        command.addAll(javaOptions());
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-cp",
                System.getProperty("java.class.path"),
                KafkaNode.class.getName(),
                data.root().resolve("kafka").toString(),
                String.valueOf(kafkaPort),
                String.valueOf(Ports.free())));
        return new ProcessSpec(
                "kafka", command, marked(Map.of()), () -> Probes.kafkaAnswers(kafkaPort), "TERM", STOP_LIMIT);
    }

    ProcessSpec gateway(int number, int port) throws IOException {
        Map<String, String> settings = Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", postgres.url(postgresPort),
                "QUARKUS_DATASOURCE_USERNAME", PostgresCluster.USER,
                "QUARKUS_DATASOURCE_PASSWORD", postgres.password());
        return service("gateway-" + number, ServiceJar.GATEWAY, port, settings, STOP_LIMIT);
    }

    ProcessSpec trainer(int number) throws IOException {
        String name = "trainer-" + number;
        Map<String, String> settings = Map.of(
                "TRAINYARD_DATASETS_DIR", data.datasets().toString(),
                "TRAINYARD_WORKER_NAME", name,
                // two threads are slower than one on small networks
                "OMP_NUM_THREADS", "1",
                // glibc would otherwise give memory back to the kernel after each batch
                "MALLOC_TRIM_THRESHOLD_", "1073741824",
                "MALLOC_MMAP_THRESHOLD_", "1073741824");
        ProcessSpec trainer = service(name, ServiceJar.TRAINER, Ports.free(), settings, TRAINER_STOP_LIMIT);
        // it takes all it gets, and whoever asks a gateway or waits for its start would wait for it
        return trainer.withCommand(LowPriority.of(trainer.command()));
    }

    ProcessSpec predictor(int number) throws IOException {
        String name = "predictor-" + number;
        Path state = data.state().resolve("predictor");
        Map<String, String> settings =
                Map.of("TRAINYARD_WORKER_NAME", name, "TRAINYARD_STATE_DIR", state.toString());
        ProcessSpec predictor = service(name, ServiceJar.PREDICTOR, Ports.free(), settings, STOP_LIMIT);
        // where the predictor that is started next reads which model ended this one; a core would only fill the disk
        List<String> command = new ArrayList<>(predictor.command());
        command.addAll(1, List.of("-XX:ErrorFile=" + state.resolve("hs_err_%p.log"), "-XX:-CreateCoredumpOnCrash"));
        return predictor.withCommand(command);
    }

    private ProcessSpec service(String name, ServiceJar jar, int port, Map<String, String> settings, Duration stopLimit)
            throws IOException {
        Map<String, String> environment = new HashMap<>(this.settings);
        environment.putAll(settings);
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        environment.put("TRAINYARD_ARTIFACTS_DIR", data.artifacts().toString());
        return new ProcessSpec(
                name,
                jar.command(home, javaOptions()),
                marked(environment),
                () -> Probes.isReady(port),
                "TERM",
                stopLimit);
    }

    /** What whoever starts the platform wants of each of its JVMs besides. */
    private List<String> javaOptions() {
        String options = settings.getOrDefault(JAVA_OPTIONS, System.getenv().getOrDefault(JAVA_OPTIONS, ""))
                .strip();
        return options.isEmpty() ? List.of() : List.of(options.split("\\s+"));
    }

    private Map<String, String> marked(Map<String, String> environment) {
        Map<String, String> marked = new HashMap<>(environment);
        String[] mark = data.mark().split("=", 2);
        marked.put(mark[0], mark[1]);
        return marked;
    }
}
