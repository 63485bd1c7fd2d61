package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.TopicReplication;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.TrainerStatus;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pools of trainers; the test simulates the only trainer of a pool. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class PoolsTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"mlp",
             "train_args":{"batch_size":32,"epochs":1},"promote":"never"%s}""";

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    @Test
    void aJobOfAPoolWaitsForATrainerOfThatPoolAndSaysSo() throws Exception {
        String job = submit("gpu-a").then().statusCode(202).extract().path("key");
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> get("/api/v1/train/" + job)
                .then()
                .body("pool", equalTo("gpu-a"))
                .body("status", equalTo("queued"))
                .body("waiting_reason", equalTo("No trainer of the pool gpu-a is running.")));
        assertThat(pool("gpu-a").getInt("live_trainers")).isZero();
        assertThat(pool("gpu-a").getInt("queued")).isEqualTo(1);
        get("/api/v1/train?pool=gpu-a").then().body("jobs.key", equalTo(List.of(job)));

        TopicInstaller.install(broker(), List.of(Topics.jobs("gpu-a")), TopicReplication.DEFAULTS, 30);
        report("trainer-gpu", "gpu-a");
        try (KafkaConsumer<byte[], byte[]> member = member("trainer-gpu", Topics.jobs("gpu-a"));
                FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            TrainJob taken = take(member);
            assertThat(taken.key()).hasToString(job);
            FakeTrainer.Run run = trainer.run(taken).claim();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> get("/api/v1/train/" + job)
                    .then()
                    .body("status", equalTo("training_in_progress"))
                    .body("waiting_reason", nullValue()));
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                member.poll(Duration.ofMillis(100)); // stays in the group
                assertThat(pool("gpu-a").getInt("live_trainers")).isEqualTo(1);
                assertThat(pool("gpu-a").getInt("running")).isEqualTo(1);
            });
            run.epoch(1, 0.5).succeed(0.9);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> get("/api/v1/train/" + job).then().body("status", equalTo("success")));
            assertThat(trainer.all(Topics.TRAIN_JOBS)).noneMatch(message -> job.equals(text(message.key())));
        }
        String metrics = get("/q/metrics").asString();
        assertThat(metrics).contains("trainyard_pool_jobs{pool=\"default\",state=\"queued\"}");
    }

    @Test
    void aBadPoolIsRefusedAndADefaultOneIsShown() {
        for (String bad : List.of("\"GPU\"", "\"\"", "\"a b\"", "\"dlq\"", "1", "null", "[\"gpu\"]")) {
            given().contentType("application/json")
                    .body(CONFIG.formatted(",\"pool\":" + bad))
                    .post("/api/v1/train")
                    .then()
                    .statusCode(422)
                    .body("errors.pointer", equalTo(List.of("/pool")))
                    .body("errors[0].detail", containsString("1 to 32 small letters"));
        }
        get("/api/v1/train?pool=GPU").then().statusCode(422).body("errors[0].pointer", equalTo("?pool"));
        String job = submit("default").then().statusCode(202).extract().path("key");
        get("/api/v1/train/" + job).then().body("pool", equalTo("default"));
        post("/api/v1/train/{key}/cancel", job).then().statusCode(200);
    }

    @Test
    void noClientInventsAnyNumberOfPools() {
        int accepted = 0;
        Response last = submit("many-0");
        while (last.statusCode() == 202 && accepted < 60) {
            last = submit("many-" + ++accepted);
        }
        last.then().statusCode(422).body("errors[0].pointer", equalTo("/pool"));
        assertThat(accepted).isBetween(48, 50);
        submit("many-0").then().statusCode(202);
        submit("default").then().statusCode(202);
        given().contentType("application/json")
                .body("{\"action\":\"cancel\",\"all\":true}")
                .post("/api/v1/train/actions")
                .then()
                .body("refused", equalTo(0));
        submit("many-60").then().statusCode(202);
        given().contentType("application/json")
                .body("{\"action\":\"cancel\",\"filter\":{\"pool\":\"many-60\"}}")
                .post("/api/v1/train/actions")
                .then()
                .body("changed", equalTo(1));
    }

    private static Response submit(String pool) {
        return given().contentType("application/json")
                .body(CONFIG.formatted(",\"pool\":\"%s\"".formatted(pool)))
                .post("/api/v1/train");
    }

    private static JsonPath pool(String name) {
        JsonPath system = get("/api/v1/system").jsonPath();
        return system.setRootPath("pools.find { it.name == '%s' }".formatted(name));
    }

    private Map<String, Object> broker() {
        return Map.of("bootstrap.servers", kafka.get("bootstrap.servers"));
    }

    private void report(String trainer, String pool) throws Exception {
        TrainerStatus status =
                new TrainerStatus(Versioned.CURRENT, trainer, "cpu", List.of(), null, Instant.now(), List.of(pool));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(broker(), new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key = trainer.getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(Topics.TRAINER_STATUS, key, WireJson.write(status)))
                    .get();
        }
    }

    private KafkaConsumer<byte[], byte[]> member(String trainer, String topic) {
        Map<String, Object> config = new HashMap<>(broker());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.TRAINERS_GROUP);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, trainer);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RoundRobinAssignor.class.getName());
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        member.subscribe(List.of(topic));
        return member;
    }

    private static TrainJob take(KafkaConsumer<byte[], byte[]> member) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> message : member.poll(Duration.ofMillis(200))) {
                return TrainJob.read(message.value());
            }
        }
        throw new AssertionError("no job came");
    }

    private static String text(byte[] key) {
        return key == null ? null : new String(key, StandardCharsets.UTF_8);
    }
}
