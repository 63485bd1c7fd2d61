package dev.trainyard.trainer;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.trainyard.message.TrainJob;
import dev.trainyard.standalone.testing.BrokerResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
class TrainerServiceTest {
    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Test
    void theServiceBecomesReadyAndStaysLive() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
        when().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
    }

    @Test
    void aJobRunsAndIsCounted() {
        try (TestGateway queue = new TestGateway(kafka)) {
            TrainJob job = queue.submit(aTrainJob().build());
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(queue.kinds(job.key())).endsWith("Succeeded"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        await().untilAsserted(() -> assertThat(get("/q/metrics").asString())
                .contains("trainyard_runs_total{outcome=\"succeeded\"}")
                .contains("trainyard_samples_per_second"));
    }
}
