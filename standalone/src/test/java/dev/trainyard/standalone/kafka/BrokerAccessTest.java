package dev.trainyard.standalone.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.kafka.AccessInstaller;
import dev.trainyard.kafka.AccessRules;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.TopicSpec;
import dev.trainyard.message.Topics;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each service may do on the embedded broker, by trying everything. */
class BrokerAccessTest {
    /** A topic of a pool, which exists only where an operator has pools. */
    private static final String POOL = "train.jobs.gpu";

    private static final List<String> OPERATOR_TOPICS = List.of(POOL, "somebody.elses");

    /** Written by hand from the architecture, not from the list of rules. */
    private static final Map<String, List<String>> MAY_WRITE = Map.of(
            "gateway",
            List.of(
                    "train.jobs",
                    POOL,
                    "train.control",
                    "predict.requests",
                    "models",
                    "models.versions",
                    "models.quarantine",
                    "train.jobs.dlq",
                    "train.events.dlq",
                    "train.control.dlq",
                    "predict.replies.dlq",
                    "models.dlq",
                    "models.versions.dlq",
                    "models.quarantine.dlq",
                    "predictor.status.dlq",
                    "trainer.status.dlq"),
            "trainer",
            List.of("train.events", "trainer.status", "train.jobs.dlq"),
            "predictor",
            List.of("predict.replies", "predictor.status", "models.quarantine", "predict.requests.dlq"));

    private static final Map<String, List<String>> MAY_READ = Map.of(
            "gateway",
            List.of(
                    "train.events",
                    "train.control",
                    "predict.replies",
                    "models",
                    "models.versions",
                    "models.quarantine",
                    "predictor.status",
                    "trainer.status",
                    "train.jobs.dlq",
                    "train.events.dlq",
                    "train.control.dlq",
                    "predict.requests.dlq",
                    "predict.replies.dlq",
                    "models.dlq",
                    "models.versions.dlq",
                    "models.quarantine.dlq",
                    "predictor.status.dlq",
                    "trainer.status.dlq"),
            "trainer",
            List.of("train.jobs", POOL, "train.control", "train.jobs.dlq"),
            "predictor",
            List.of("predict.requests", "models", "models.versions", "models.quarantine"));

    private static final Map<String, List<String>> MAY_JOIN = Map.of(
            "gateway", List.of("trainyard-gateway-events", "trainyard-gateway-letters"),
            "trainer", List.of("trainyard-trainers", "trainyard-trainers-gpu"),
            "predictor", List.of("trainyard-predictors"));

    private static final List<String> GROUPS = List.of(
            "trainyard-gateway-events",
            "trainyard-gateway-letters",
            "trainyard-trainers",
            "trainyard-trainers-gpu",
            "trainyard-predictors",
            "somebody-elses");

    @TempDir
    static Path folder;

    private static int port;
    private static KafkaNode node;
    private static KafkaSecrets secrets;
    private static List<String> topics;

    @BeforeAll
    static void start() throws Exception {
        port = Ports.free();
        try (KafkaNode open = KafkaNode.start(folder, port, Ports.free())) {
            TopicInstaller.install(
                    Map.of("bootstrap.servers", "127.0.0.1:" + port), 60); // by a release without passwords
        }
        node = KafkaNode.startClosed(folder, port, Ports.free());
        secrets = KafkaSecrets.in(folder);
        topics = Stream.concat(Topics.all().stream().map(TopicSpec::name), OPERATOR_TOPICS.stream())
                .toList();
        for (String service : AccessRules.SERVICES) {
            assertThatThrownBy(() -> TopicInstaller.install(client(service), 30))
                    .as("without rules")
                    .hasMessageContaining("Kafka does not permit this to the service's user");
        }
        assertThatThrownBy(() -> TopicInstaller.installAndAlter(client("gateway"), TopicRetention.DEFAULTS, 30))
                .hasMessageContaining("Apply the access rules");
        try (Admin admin = Admin.create(client("admin"))) {
            AccessInstaller installer = new AccessInstaller(admin, 30);
            assertThat(installer.applyRules().created())
                    .isEqualTo(AccessRules.all().size());
            assertThat(installer.applyRules()).isEqualTo(new AccessInstaller.Changes(0, 0));
            admin.createTopics(OPERATOR_TOPICS.stream()
                            .map(topic -> new NewTopic(topic, Optional.of(1), Optional.empty()))
                            .toList())
                    .all()
                    .get();
        }
        try (KafkaProducer<String, String> producer = producer("admin")) {
            for (String topic : topics) {
                producer.send(new ProducerRecord<>(topic, 0, "key", "value")).get();
            }
        }
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "trainer", "predictor"})
    void aServiceWritesItsOwnTopicsOnly(String service) throws Exception {
        List<String> written = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(service)) {
            for (String topic : topics) {
                try {
                    producer.send(new ProducerRecord<>(topic, 0, "key", "value"))
                            .get();
                    written.add(topic);
                } catch (ExecutionException e) {
                    assertThat(e).as(topic).hasCauseInstanceOf(TopicAuthorizationException.class);
                }
            }
        }
        assertThat(written).containsExactlyInAnyOrderElementsOf(MAY_WRITE.get(service));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "trainer", "predictor"})
    void aServiceReadsItsOwnTopicsOnly(String service) {
        List<String> read = new ArrayList<>();
        for (String topic : topics) {
            try (KafkaConsumer<String, String> consumer = consumer(service)) {
                TopicPartition first = new TopicPartition(topic, 0);
                consumer.assign(List.of(first));
                consumer.seek(first, 0);
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofSeconds(30));
                assertThat(records).as(topic).isNotEmpty();
                read.add(topic);
            } catch (TopicAuthorizationException e) {
                assertThat(e.unauthorizedTopics()).containsExactly(topic);
            }
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(MAY_READ.get(service));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "trainer", "predictor"})
    void aServiceCommitsOffsetsOfItsOwnGroupsOnly(String service) throws Exception {
        String topic = MAY_READ.get(service).get(0);
        List<String> joined = new ArrayList<>();
        for (String group : GROUPS) {
            try (Admin admin = Admin.create(client(service))) {
                admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                        .all()
                        .get();
                joined.add(group);
            } catch (ExecutionException e) {
                assertThat(e).as(group).hasCauseInstanceOf(AuthorizationException.class);
            }
        }
        assertThat(joined).containsExactlyInAnyOrderElementsOf(MAY_JOIN.get(service));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "trainer", "predictor"})
    void noServiceDeletesTopicsOrRecordsOrChangesRules(String service) {
        try (Admin admin = Admin.create(client(service))) {
            for (String topic : topics) {
                assertDenied(admin.deleteTopics(List.of(topic)).all());
                assertDenied(admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(1)))
                        .all());
            }
            assertDenied(admin.createAcls(AccessRules.all()).all());
            assertDenied(admin.deleteAcls(List.of(AclBindingFilter.ANY)).all());
            assertDenied(admin.describeUserScramCredentials().all());
            assertDenied(admin.createTopics(List.of(new NewTopic("new", Optional.of(1), Optional.empty())))
                    .all());
            if (!service.equals("gateway")) {
                for (String topic : topics) {
                    assertDenied(admin.incrementalAlterConfigs(Map.of(
                                    new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                    List.of(new AlterConfigOp(
                                            new ConfigEntry("retention.ms", "1"), AlterConfigOp.OpType.SET))))
                            .all());
                }
            }
        }
    }

    private static void assertDenied(KafkaFuture<?> change) {
        assertThatThrownBy(change::get).hasCauseInstanceOf(AuthorizationException.class);
    }

    @Test
    void gatewaysInstallTopicsAndTheOthersFindThem() throws Exception {
        TopicInstaller.installAndAlter(client("gateway"), TopicRetention.DEFAULTS, 30);
        TopicInstaller.install(client("trainer"), 30);
        TopicInstaller.install(client("predictor"), 30);
        try (Admin admin = Admin.create(client("admin"))) {
            admin.deleteTopics(List.of("train.control.dlq", "trainer.status"))
                    .all()
                    .get();
            assertThatThrownBy(() -> TopicInstaller.install(client("trainer"), 30))
                    .hasMessageContaining("Kafka has no topic trainer.status")
                    .hasMessageContaining("start a gateway");
            TopicInstaller.install(client("predictor"), 30); // uses neither of them
            TopicInstaller.installAndAlter(client("gateway"), TopicRetention.DEFAULTS, 30);
            TopicInstaller.install(client("trainer"), 30);
            assertThat(admin.listTopics().names().get()).contains("train.control.dlq", "trainer.status");
        }
        try (KafkaProducer<String, String> producer = producer("admin")) {
            for (String topic : List.of("train.control.dlq", "trainer.status")) {
                producer.send(new ProducerRecord<>(topic, 0, "key", "value")).get();
            }
        }
    }

    @Test
    void trainersCreateTopicsOfTheirPoolsOnly() throws Exception {
        try (Admin admin = Admin.create(client("trainer"));
                Admin operator = Admin.create(client("admin"))) {
            admin.createTopics(List.of(new NewTopic("train.jobs.spare", Optional.of(1), Optional.empty())))
                    .all()
                    .get();
            assertDenied(admin.createTopics(List.of(new NewTopic("models.spare", Optional.of(1), Optional.empty())))
                    .all());
            operator.deleteTopics(List.of("train.jobs.spare")).all().get();
        }
    }

    @Test
    void rulesThatAreNotInTheListAreRemoved() throws Exception {
        try (Admin admin = Admin.create(client("admin"))) {
            AccessControlEntry ofAService = AccessRules.all().iterator().next().entry();
            ResourcePattern topic = new ResourcePattern(ResourceType.TOPIC, "models.old", PatternType.LITERAL);
            admin.createAcls(List.of(new AclBinding(topic, ofAService))).all().get();
            assertThat(new AccessInstaller(admin, 30).applyRules()).isEqualTo(new AccessInstaller.Changes(0, 1));
        }
    }

    @Test
    void nobodyComesInWithoutAPassword() throws IOException {
        Map<String, Object> wrong = new HashMap<>(client("gateway"));
        wrong.put(
                "sasl.jaas.config",
                String.valueOf(wrong.get("sasl.jaas.config")).replaceFirst("password=\"", "$0x"));
        assertThatThrownBy(() -> TopicInstaller.install(wrong, 30))
                .hasMessageContaining("Kafka refuses the user or password")
                .hasMessageContaining("kafka.sasl.jaas.config");
        Map<String, Object> plain = Map.of("bootstrap.servers", "127.0.0.1:" + port);
        assertThatThrownBy(() -> TopicInstaller.install(plain, 2))
                .hasMessageContaining(
                        "is it reached at 127.0.0.1:" + port + " by PLAINTEXT (kafka.security.protocol)?");
        try (Admin admin = Admin.create(wrong)) {
            assertThatThrownBy(() -> admin.listTopics().names().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void passwordsAreReadableByThisUserOnlyAndDifferFromEachOther() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("secrets"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(10).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
        }
        assertThat(new TreeSet<>(secrets.passwords().values())).hasSize(5).allMatch(text -> text.length() == 32);
        assertThat(KafkaSecrets.in(folder).passwords()).isEqualTo(secrets.passwords());
        for (String password : secrets.passwords().values()) {
            assertThat(Files.readString(folder.resolve("server.properties"))).doesNotContain(password);
        }
    }

    @Test
    void everyTopicIsInTheRules() {
        List<String> named = AccessRules.all().stream()
                .filter(rule -> rule.entry().principal().equals("User:gateway"))
                .map(rule -> rule.pattern().name())
                .toList();
        assertThat(named).containsAll(Topics.all().stream().map(TopicSpec::name).toList());
    }

    private static Map<String, Object> client(String user) {
        try {
            return secrets.client(user, "127.0.0.1:" + port);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static KafkaProducer<String, String> producer(String user) {
        return new KafkaProducer<>(client(user), new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String user) {
        Map<String, Object> config = new HashMap<>(client(user));
        config.put("enable.auto.commit", false);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }
}
