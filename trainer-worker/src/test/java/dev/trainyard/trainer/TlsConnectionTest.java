package dev.trainyard.trainer;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import dev.trainyard.standalone.testing.TlsBrokerResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A trainer on a broker with TLS, passwords and access rules, by Kafka's standard settings. */
@QuarkusTest
@Tag("full")
@QuarkusTestResource(
        value = TlsBrokerResource.class,
        initArgs = @ResourceArg(name = "user", value = "trainer"),
        restrictToAnnotatedClass = true)
class TlsConnectionTest {
    @Inject
    Config config;

    @Test
    void aJobRunsAndTheTrainerReportsItself() throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
        try (TestGateway queue = new TestGateway(TlsBrokerResource.administrator(config))) {
            TrainJob job = queue.submit(aTrainJob().build());
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(queue.kinds(job.key())).endsWith("Succeeded"));
            queue.submitBytes(job.key(), new byte[] {'x'});
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(queue.all(Topics.TRAIN_JOBS_DEAD_LETTER)).hasSize(1));
            assertThat(queue.all(Topics.TRAINER_STATUS)).isNotEmpty();
        }
    }
}
