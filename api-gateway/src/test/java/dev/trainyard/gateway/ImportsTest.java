package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.ImportSource;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Import endpoints of a gateway with an administrator; the test simulates the trainer. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class ImportsTest {
    private static final byte[] H5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 1, 2, 3};
    private static final byte[] NPZ = {'P', 'K', 3, 4, 5};

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @ConfigProperty(name = "trainyard.artifacts.dir")
    Path artifacts;

    private final String model = "Theirs-" + UUID.randomUUID();

    @BeforeEach
    void awaitTheGateway() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void anImportIsAJobThatPublishesAVersion() throws Exception {
        Response accepted = administrator()
                .multiPart("model", "weights.h5", H5)
                .multiPart("reference", "reference.npz", NPZ)
                .multiPart("name", model)
                .post("/api/v1/models");
        accepted.then().statusCode(202).header("Location", containsString("/api/v1/train/"));
        String key = accepted.jsonPath().getString("key");

        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            FakeTrainer.Run run = trainer.take(key, 1);
            ImportSource source = run.job.config().source();
            assertThat(source.format()).isEqualTo(ImportSource.Format.KERAS_H5);
            assertThat(source.fileName()).isEqualTo("weights.h5");
            FileArtifactStore store = new FileArtifactStore(artifacts);
            assertThat(store.read(ArtifactPaths.upload(source.file()))).isEqualTo(H5);
            assertThat(store.read(ArtifactPaths.upload(source.reference()))).isEqualTo(NPZ);
            run.claim().succeed(0.97);
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> get("/api/v1/train/" + key)
                .jsonPath()
                .getString("status")
                .equals("success"));
        get("/api/v1/train/" + key).then().body("model.name", equalTo(model)).body("model.version", equalTo(1));
        get("/api/v1/models/" + model + "/versions/1")
                .then()
                .body("lineage.network", equalTo("imported"))
                .body("lineage.config.source.format", equalTo("keras_h5"))
                .body("lineage.config.source.file.sha256", equalTo(FileArtifactStore.sha256(H5)))
                .body("lineage.job_key", equalTo(key));
    }

    /** An import has no epochs from which progress could be computed. */
    @Test
    void anImportReturnedByItsWorkerIsQueuedAgain() throws Exception {
        String key = administrator()
                .multiPart("model", "model.onnx", new byte[] {8, 7})
                .multiPart("name", model)
                .post("/api/v1/models")
                .jsonPath()
                .getString("key");
        try (FakeTrainer trainer = new FakeTrainer(kafka, artifacts)) {
            trainer.take(key, 1).claim().report(new dev.trainyard.message.TrainEvent.Released("drained"));
            trainer.take(key, 2).claim().fail(FailureCode.IMPORT_REJECTED);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> get("/api/v1/train/" + key)
                .jsonPath()
                .getString("status")
                .equals("failed"));
        get("/api/v1/train/" + key)
                .then()
                .body("error.code", equalTo("import_rejected"))
                .body("attempt", equalTo(2));
    }

    @Test
    void importsNeedTheAdministratorToken() {
        given().multiPart("model", "weights.h5", H5)
                .post("/api/v1/models")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Bearer")
                .contentType("application/problem+json")
                .body("detail", containsString("trainyard.admin.token"));
        given().header("Authorization", "Bearer guess")
                .multiPart("model", "weights.h5", H5)
                .post("/api/v1/models")
                .then()
                .statusCode(401);
    }

    @Test
    void largeUploadsNeedTheAdministratorToken() {
        byte[] large = Arrays.copyOf(H5, 9 * 1024 * 1024);
        given().multiPart("model", "weights.h5", large)
                .post("/api/v1/models")
                .then()
                .statusCode(413);
        administrator()
                .multiPart("model", "weights.h5", large)
                .multiPart("name", model)
                .post("/api/v1/models")
                .then()
                .statusCode(202);
        administrator()
                .multiPart("model", "weights.h5", Arrays.copyOf(H5, 33 * 1024 * 1024))
                .post("/api/v1/models")
                .then()
                .statusCode(413)
                .body("detail", containsString("at most"));
    }

    @Test
    void filesThatAreNotModelsAreRejectedAtOnce() {
        administrator()
                .multiPart("model", "weights.txt", "text".getBytes())
                .multiPart("reference", "reference.csv", "1,2".getBytes())
                .multiPart("name", "no name!")
                .post("/api/v1/models")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("/name", "/reference", "/model"));
        administrator()
                .multiPart("name", model)
                .post("/api/v1/models")
                .then()
                .statusCode(422)
                .body("errors.pointer", contains("/model"));
    }

    private static RequestSpecification administrator() {
        return given().header("Authorization", "Bearer " + OperatorProfile.TOKEN);
    }
}
