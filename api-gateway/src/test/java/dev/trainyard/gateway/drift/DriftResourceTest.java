package dev.trainyard.gateway.drift;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.trainyard.standalone.testing.PlatformResource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
class DriftResourceTest {
    private static final String HISTOGRAM = "{\"edges\":[0.5],\"counts\":[500,500]}";
    private static final String REFERENCE =
            "{\"classes\":[500,500],\"confidence\":%1$s,\"score\":%1$s,\"ink\":%1$s}".formatted(HISTOGRAM);

    @Inject
    Jdbi jdbi;

    @Inject
    DriftMetrics driftMetrics;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void versions() {
        await().until(() -> get("/api/v1/models/DigitModel").statusCode() == 200); // published after the start
        jdbi.useHandle(handle -> {
            handle.execute("delete from drift_window");
            handle.execute("""
                    insert into model_version (name, version, onnx, metadata, test_accuracy)
                    select 'Drifting', number, onnx, case number when 1
                            then jsonb_set(cast(metadata as jsonb), '{trust,reference}', cast(? as jsonb))
                            else cast(metadata as jsonb) #- '{trust,reference}' end, test_accuracy
                    from model_version, generate_series(1, 2) number where name = 'DigitModel' and version = 1
                    on conflict do nothing
                    """, REFERENCE);
        });
    }

    @Test
    void eachWindowIsComparedWithTheHeldOutImages() {
        window(true, 1_000, "500,500");
        window(true, 1_000, "200,800");
        window(false, 100, "50,50");
        get("/api/v1/models/Drifting/versions/1/drift")
                .then()
                .statusCode(200)
                .body("model", equalTo("Drifting"))
                .body("version", equalTo(1))
                .body("status", equalTo("drifted"))
                .body("reference_images", equalTo(1_000))
                .body("windows.status", contains("too_few_images", "drifted", "stable"))
                .body("windows[0].until", nullValue())
                .body("windows[1].images", equalTo(1_000))
                .body("windows[1].outlier_share", equalTo(0.08f))
                .body("windows[1].estimated_accuracy", equalTo(0.9f))
                .body(
                        "windows[1].features.feature",
                        contains("predicted_class", "confidence", "outlier_score", "ink", "outlier_share"))
                .body("windows[1].features.drifted", contains(false, false, true, false, false))
                .body("windows[1].features[2].effect_size.toDouble()", closeTo(0.6, 0.001))
                .body("windows[1].features[2].edges", contains(0.5f))
                .body("windows[1].features[2].reference", contains(0.5f, 0.5f))
                .body("windows[1].features[2].served", contains(0.2f, 0.8f));
        get("/api/v1/models/Drifting/versions/1/drift?limit=1")
                .then()
                .body("windows.size()", equalTo(1))
                .body("status", equalTo("too_few_images"));
        driftMetrics.refresh();
        assertThat(metrics.get("trainyard.model.drift.effect")
                        .tags("model", "Drifting", "version", "1", "feature", "outlier_score")
                        .gauge()
                        .value())
                .isCloseTo(0.6, org.assertj.core.api.Assertions.within(0.001));
        assertThat(metrics.get("trainyard.models.drifted").gauge().value()).isOne();
    }

    @Test
    void aVersionWithoutReferenceSaysSo() {
        get("/api/v1/models/Drifting/versions/2/drift")
                .then()
                .statusCode(200)
                .body("status", equalTo("no_reference"))
                .body("reference_images", nullValue())
                .body("windows", empty());
    }

    @Test
    void unknownVersionsAndLimitsAreRefused() {
        get("/api/v1/models/Drifting/versions/9/drift")
                .then()
                .statusCode(404)
                .body("detail", containsString("There is no version 9 of model Drifting"));
        get("/api/v1/models/Drifting/versions/1/drift?limit=0")
                .then()
                .statusCode(422)
                .body("errors[0].pointer", equalTo("?limit"));
    }

    /** 8 % of the images are outliers, as about 5 % of the held-out ones; all histograms but that of the score are as in the reference. */
    private void window(boolean closed, int images, String score) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into drift_window (name, version, closed_at, images, outliers, probability,
                            classes, confidence, score, ink)
                        values ('Drifting', 1, case when :closed then now() end, :images, :images * 8 / 100, :images * 0.828,
                            array[:images / 2, :images / 2], array[:images / 2, :images / 2], cast(:score as bigint[]),
                            array[:images / 2, :images / 2])
                        """)
                .bind("closed", closed)
                .bind("images", images)
                .bind("score", "{" + score + "}")
                .execute());
    }
}
