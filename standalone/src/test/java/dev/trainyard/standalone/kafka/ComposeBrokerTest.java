package dev.trainyard.standalone.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.kafka.AccessCommand;
import dev.trainyard.kafka.AccessRules;
import dev.trainyard.kafka.KafkaEnvironment;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicRetention;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TopicsCommand;
import dev.trainyard.standalone.platform.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.login.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker of docker-compose.yml, with its settings, secrets and commands, without containers. */
@Tag("full")
class ComposeBrokerTest {
    private static final Path COMPOSE = Path.of("../docker-compose.yml");
    private static final Pattern VARIABLE =
            Pattern.compile("(?m)^ {6}((?:KAFKA|TRAINYARD_KAFKA)_[A-Z_]+): \"?(.*?)\"?$");
    private static final String JAAS_FILE = "java.security.auth.login.config";

    @TempDir
    Path folder;

    @AfterEach
    void forgetTheJaasFile() {
        System.clearProperty(JAAS_FILE);
        Configuration.setConfiguration(null);
    }

    @Test
    void servicesConnectWithTheirPasswordsAndMayOnlyDoTheirWork() throws Exception {
        createSecrets();
        int port = Ports.free();
        int controllerPort = Ports.free();
        Map<String, String> broker = variables("kafka");
        useJaasFile(broker.get("KAFKA_OPTS"));
        Map<String, String> settings = new HashMap<>();
        broker.forEach((name, value) -> {
            if (!name.equals("KAFKA_OPTS") && !name.equals("KAFKA_LOG_DIRS")) {
                settings.put(
                        name.substring(6).toLowerCase(Locale.ROOT).replace('_', '.'),
                        value.replace("9093", String.valueOf(controllerPort))
                                .replace("9092", String.valueOf(port))
                                .replace("//kafka:", "//127.0.0.1:")
                                .replace("//:", "//127.0.0.1:"));
            }
        });
        KafkaNode node = KafkaNode.start(folder.resolve("kafka"), controllerPort, settings);
        try {
            String servers = "127.0.0.1:" + port;
            Map<String, String> access = variables("kafka-access");
            access.replaceAll((name, value) -> value.replace("/secrets", folder + "/secrets"));
            access.put("KAFKA_BOOTSTRAP_SERVERS", servers);
            assertThat(AccessCommand.run(access))
                    .isEqualTo("Access rules: %d created, 0 deleted. Passwords set: [gateway, trainer, predictor]."
                            .formatted(AccessRules.all().size()));
            access.put("TRAINYARD_POOLS", "default,gpu");
            assertThat(TopicsCommand.run(access)).endsWith(": train.jobs, train.jobs.gpu");
            try (Admin admin = Admin.create(client("gateway", servers))) {
                assertThat(admin.listTopics().names().get()).contains("train.jobs.gpu", Topics.TRAIN_EVENTS);
            }
            TopicInstaller.installAndAlter(client("gateway", servers), TopicRetention.DEFAULTS, 30);
            TopicInstaller.install(client("trainer", servers), 30);
            TopicInstaller.install(client("predictor", servers), 30);

            assertMayNotWrite(client("trainer", servers), Topics.MODELS);
            assertMayNotWrite(client("predictor", servers), Topics.TRAIN_JOBS);
            assertMayNotWrite(client("gateway", servers), Topics.TRAIN_EVENTS);

            Files.delete(folder.resolve("secrets/trainer/password"));
            createSecrets();
            try (Admin admin = Admin.create(client("trainer", servers))) {
                assertThatThrownBy(() -> admin.listTopics().names().get())
                        .as("the new password is not set yet")
                        .hasCauseInstanceOf(SaslAuthenticationException.class);
            }
            assertThat(AccessCommand.run(access)).startsWith("Access rules: 0 created, 0 deleted.");
            awaitLogin(client("trainer", servers));
        } finally {
            node.close();
        }
    }

    private static void assertMayNotWrite(Map<String, Object> client, String topic) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, "key", "value"))
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    /** A broker applies a changed password a moment after its controller. */
    private static void awaitLogin(Map<String, Object> client) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                TopicInstaller.install(client, 30);
                return;
            } catch (IllegalStateException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    private void createSecrets() throws IOException, InterruptedException {
        Process script = new ProcessBuilder(
                        "bash",
                        "../deploy/kafka/create-secrets.sh",
                        folder.resolve("secrets").toString())
                .inheritIO()
                .start();
        assertThat(script.waitFor()).isZero();
    }

    private void useJaasFile(String option) {
        System.setProperty(
                JAAS_FILE,
                option.replaceFirst(
                        ".*=/run/kafka-user", folder.resolve("secrets/admin").toString()));
        Configuration.setConfiguration(null);
    }

    private Map<String, Object> client(String service, String servers) throws IOException {
        String shared = Files.readString(COMPOSE).replaceAll("(?m)^  KAFKA", "      KAFKA");
        Map<String, String> environment = variables(shared, "x-kafka-client:");
        environment.replaceAll((name, value) -> value.replace("/run/kafka-user", folder + "/secrets/" + service));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", servers);
        return KafkaEnvironment.settings(environment);
    }

    private static Map<String, String> variables(String service) throws IOException {
        return variables(Files.readString(COMPOSE), "\n  " + service + ":\n");
    }

    /** Variables of the first block after {@code title}. */
    private static Map<String, String> variables(String compose, String title) {
        String block =
                compose.substring(compose.indexOf(title) + title.length()).split("\n\n")[0];
        Map<String, String> variables = new HashMap<>();
        Matcher variable = VARIABLE.matcher(block);
        while (variable.find()) {
            variables.put(variable.group(1), variable.group(2));
        }
        return variables;
    }
}
