package dev.trainyard.standalone.platform;

import dev.trainyard.kafka.AccessRules;
import dev.trainyard.standalone.kafka.KafkaFolders;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.kafka.KafkaQuorum;
import dev.trainyard.standalone.kafka.KafkaSecrets;
import dev.trainyard.standalone.postgres.PostgresCluster;
import dev.trainyard.standalone.process.BasicEnvironment;
import dev.trainyard.standalone.process.ManagedProcess;
import dev.trainyard.standalone.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Builds command, environment and readiness probe of each process of a platform. */
final class ProcessSpecFactory {
    /** Generous, because a stop of one second can take much longer on a busy machine. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);
    /** When all stop, the last have no quorum to leave; a killed one recovers its log at the next start. */
    private static final Duration BROKER_STOP_LIMIT = Duration.ofSeconds(10);
    /** A trainer finishes its drain first. */
    private static final Duration TRAINER_STOP_LIMIT = Duration.ofSeconds(60);

    private final Path home;
    private final DataDirectory data;
    private final Map<String, String> settings;
    private final int trainers;
    private final int predictors;
    private final PostgresCluster postgres;
    private final KafkaSecrets kafkaSecrets;
    private final ClassDataArchives archives;
    private final int postgresPort = Ports.free();
    private final KafkaFolders kafkaFolders;
    private final List<Integer> kafkaPorts = new ArrayList<>();
    private final KafkaQuorum quorum;

    ProcessSpecFactory(PlatformOptions options, DataDirectory data) throws IOException {
        this.settings = options.settings();
        this.home = options.home();
        this.trainers = options.trainers();
        this.predictors = options.predictors();
        this.data = data;
        this.archives = new ClassDataArchives(home);
        this.postgres = PostgresCluster.in(data.root().resolve("postgres"));
        Path kafka = data.root().resolve("kafka");
        this.kafkaFolders = KafkaFolders.in(kafka, options.brokers());
        this.kafkaSecrets = KafkaSecrets.in(kafka);
        Map<Integer, Integer> controllers = new HashMap<>();
        for (int node = 1; node <= options.brokers(); node++) {
            kafkaPorts.add(Ports.free());
            controllers.put(node, Ports.free());
        }
        this.quorum = new KafkaQuorum(kafkaFolders.clusterId(), controllers);
    }

    String bootstrapServers() {
        return kafkaPorts.stream().map(ProcessSpecFactory::address).collect(Collectors.joining(","));
    }

    private static String address(int port) {
        return "127.0.0.1:" + port;
    }

    /** Settings of an administrator of the broker. */
    Map<String, Object> kafkaClient() throws IOException {
        return kafkaSecrets.client(AccessRules.ADMIN, bootstrapServers());
    }

    ProcessSpec postgres() throws IOException {
        return new ProcessSpec(
                "postgres",
                postgres.command(postgresPort),
                withMarker(BasicEnvironment.of(System.getenv())),
                () -> postgres.answers(postgresPort),
                "INT", // TERM would wait until every client disconnects
                STOP_LIMIT);
    }

    /** @param node from 1 */
    ProcessSpec kafka(int node) throws IOException {
        boolean single = kafkaPorts.size() == 1;
        String name = single ? "kafka" : "kafka-" + node;
        int port = kafkaPorts.get(node - 1);
        List<String> command = new ArrayList<>(List.of(ServiceJar.java(), "-Xmx512m"));
        command.addAll(JvmOptions.SMALL);
        command.addAll(JvmOptions.COMPILE_LATE);
        Map<String, String> environment = BasicEnvironment.of(System.getenv());
        limitArenas(environment);
        String classPath = System.getProperty("java.class.path");
        command.addAll(javaOptions(name));
        command.addAll(archives.options(
                "kafka", classPath, ManagedProcess.scratch(data.run(), name), withEnvironment(command, environment)));
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-cp",
                classPath,
                KafkaNode.class.getName(),
                kafkaFolders.of(node).toString(),
                data.root().resolve("kafka").toString(),
                String.valueOf(node),
                String.valueOf(port),
                quorum.clusterId(),
                quorum.voters()));
        Map<String, Object> connection = kafkaSecrets.client(AccessRules.ADMIN, address(port));
        return new ProcessSpec(
                name,
                command,
                withMarker(environment),
                () -> ReadinessProbes.kafkaAnswers(port, connection),
                "TERM",
                single ? STOP_LIMIT : BROKER_STOP_LIMIT);
    }

    ProcessSpec gateway(int number, int port) throws IOException {
        Map<String, String> environment = ServiceEnvironment.ofGateway(inherited());
        environment.putAll(Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL",
                postgres.url(postgresPort),
                "QUARKUS_DATASOURCE_USERNAME",
                PostgresCluster.USER,
                "QUARKUS_DATASOURCE_PASSWORD_FILE",
                postgres.passwordFile().toString()));
        environment.putIfAbsent(
                "TRAINYARD_DISK_FOLDERS",
                Stream.of("postgres", "kafka")
                        .map(folder -> data.root().resolve(folder).toString().replace(",", "\\,"))
                        .collect(Collectors.joining(",")));
        environment.putIfAbsent("TRAINYARD_TOPICS_WARN_OF_SINGLE_COPY", "false"); // the database is on the same disk
        environment.put("TRAINYARD_EXPECTED_TRAINERS", names("trainer-", trainers));
        environment.put("TRAINYARD_EXPECTED_PREDICTORS", names("predictor-", predictors));
        return service("gateway-" + number, ServiceJar.GATEWAY, port, environment, STOP_LIMIT);
    }

    ProcessSpec trainer(int number) throws IOException {
        String name = "trainer-" + number;
        Map<String, String> environment = ServiceEnvironment.ofWorker(inherited());
        environment.putAll(Map.of(
                "TRAINYARD_DATASETS_DIR",
                data.datasets().toString(),
                "TRAINYARD_WORKER_NAME",
                name,
                // two threads are slower than one on small networks
                "OMP_NUM_THREADS",
                "1",
                // keeps glibc from returning memory to the kernel after each batch
                "MALLOC_TRIM_THRESHOLD_",
                "1073741824",
                "MALLOC_MMAP_THRESHOLD_",
                "1073741824"));
        // training uses all the CPU time that it gets and would delay requests to the gateways
        return service(name, ServiceJar.TRAINER, Ports.free(), environment, TRAINER_STOP_LIMIT)
                .withLowPriority();
    }

    ProcessSpec predictor(int number) throws IOException {
        String name = "predictor-" + number;
        Path state = data.state().resolve("predictor");
        Map<String, String> environment = ServiceEnvironment.ofWorker(inherited());
        environment.put("TRAINYARD_WORKER_NAME", name);
        environment.put("TRAINYARD_STATE_DIR", state.toString());
        // the next predictor reads there which model crashed this one; a core dump would only fill the disk
        List<String> options = List.of("-XX:ErrorFile=" + state.resolve("hs_err_%p.log"), "-XX:-CreateCoredumpOnCrash");
        return service(name, ServiceJar.PREDICTOR, Ports.free(), environment, STOP_LIMIT, options);
    }

    private static String names(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).collect(Collectors.joining(","));
    }

    /** The launcher's environment, overridden by the settings of this platform. */
    private Map<String, String> inherited() {
        Map<String, String> all = new HashMap<>(System.getenv());
        all.putAll(settings);
        return all;
    }

    private ProcessSpec service(
            String name, ServiceJar jar, int port, Map<String, String> environment, Duration stopLimit)
            throws IOException {
        return service(name, jar, port, environment, stopLimit, List.of());
    }

    private ProcessSpec service(
            String name,
            ServiceJar jar,
            int port,
            Map<String, String> environment,
            Duration stopLimit,
            List<String> options)
            throws IOException {
        List<String> allOptions = new ArrayList<>(javaOptions(name));
        allOptions.addAll(options);
        allOptions.addAll(archives.options(
                jar.name().toLowerCase(Locale.ROOT),
                jar.path(home).toString(),
                ManagedProcess.scratch(data.run(), name),
                withEnvironment(allOptions, environment)));
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", bootstrapServers());
        environment.putAll(kafkaSecrets.environment(jar.name().toLowerCase(Locale.ROOT)));
        environment.put("TRAINYARD_ARTIFACTS_DIR", data.artifacts().toString());
        limitArenas(environment);
        return new ProcessSpec(
                name,
                jar.command(home, allOptions),
                withMarker(environment),
                () -> ReadinessProbes.isReady(port),
                "TERM",
                stopLimit);
    }

    /** Adds the options that a JVM takes from its environment. */
    private static List<String> withEnvironment(List<String> options, Map<String, String> environment) {
        return Stream.concat(
                        options.stream(),
                        Stream.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
                                .map(name -> environment.getOrDefault(name, "")))
                .toList();
    }

    /** Call after all processes have exited: keeps the class-data archives that they wrote. */
    void storeArchives() throws IOException {
        archives.store();
    }

    /** By default glibc keeps freed memory in up to eight arenas for each core. */
    private static void limitArenas(Map<String, String> environment) {
        environment.putIfAbsent("MALLOC_ARENA_MAX", "2");
    }

    /** Keeps files that a JVM leaves behind in bounded folders; options of the user come last and win. */
    private List<String> javaOptions(String name) {
        List<String> all = new ArrayList<>(List.of(
                "-Djava.io.tmpdir=" + ManagedProcess.scratch(data.run(), name),
                "-XX:ErrorFile=" + data.logs().resolve("hs_err-" + name + ".txt")));
        all.addAll(JvmOptions.ofUser(name, inherited()));
        return all;
    }

    private Map<String, String> withMarker(Map<String, String> environment) {
        Map<String, String> copy = new HashMap<>(environment);
        String[] marker = data.marker().split("=", 2);
        copy.put(marker[0], marker[1]);
        return copy;
    }
}
