package dev.trainyard.gateway;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Actions on many jobs. No trainer runs, so that jobs stay queued. */
@Tag("full")
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(OperatorProfile.class)
class BulkActionsTest {
    private static final String CONFIG = """
            {"dataset":"MnistDataset","model":"DigitModel","network":"%s",
             "train_args":{"batch_size":32,"epochs":1},"promote":"never"}""";

    @BeforeEach
    void endTheJobsOfOtherTests() {
        act("{'action':'cancel','all':true}").body("remaining", equalTo(0));
    }

    @Test
    void aFilterSelectsTheJobsThatTheActionCanChange() {
        List<String> mlp = jobs("mlp", 3);
        String other = submit("lenet5");
        post("/api/v1/train/{key}/cancel", mlp.get(0)).then().statusCode(200);
        act("{'action':'pause','filter':{'network':'mlp'}}")
                .body("action", equalTo("pause"))
                .body("matched", equalTo(2))
                .body("changed", equalTo(2))
                .body("items.key", equalTo(mlp.subList(1, 3)))
                .body("items.outcome", everyItem(equalTo("changed")))
                .body("items.status", everyItem(equalTo("paused")));
        assertThat(status(mlp.get(0))).isEqualTo("cancelled");
        assertThat(status(other)).isEqualTo("queued");
        act("{'action':'resume','filter':{'network':'mlp','key':'%s'}}"
                        .formatted(mlp.get(2).substring(0, 13)))
                .body("items.key", equalTo(mlp.subList(2, 3)))
                .body("items.status", everyItem(equalTo("queued")));
        assertThat(status(mlp.get(1))).isEqualTo("paused");
    }

    @Test
    void eachKeyHasItsOwnResultByTheRulesOfTheSingleAction() {
        List<String> some = jobs("mlp", 3);
        post("/api/v1/train/{key}/cancel", some.get(0)).then().statusCode(200);
        post("/api/v1/train/{key}/pause", some.get(1)).then().statusCode(200);
        String unknown = UUID.randomUUID().toString();
        String keys = list(Stream.concat(some.stream(), Stream.of(unknown)).toList());
        act("{'action':'pause','keys':%s}".formatted(keys))
                .body("matched", equalTo(4))
                .body("changed", equalTo(1))
                .body("unchanged", equalTo(1))
                .body("refused", equalTo(2))
                .body("items.outcome", equalTo(List.of("refused", "unchanged", "changed", "refused")))
                .body("items[0].status", equalTo("cancelled"))
                .body("items[0].problem.status", equalTo(409))
                .body("items[0].problem.detail", containsString("has status cancelled"))
                .body("items[0].problem.instance", equalTo("/api/v1/train/" + some.get(0)))
                .body("items[3].problem.status", equalTo(404));
        String single = post("/api/v1/train/{key}/pause", some.get(0)).path("detail");
        act("{'action':'pause','keys':%s}".formatted(keys))
                .body("changed", equalTo(0))
                .body("unchanged", equalTo(2))
                .body("items[0].problem.detail", equalTo(single));
    }

    @Test
    void anExplicitStatusIsNotReplaced() {
        String job = submit("mlp");
        act("{'action':'retry','filter':{'status':'queued'}}")
                .body("items.key", hasItem(job))
                .body("changed", equalTo(0))
                .body("items.problem.status", everyItem(equalTo(409)));
        act("{'action':'retry','filter':{'network':'mlp'}}").body("items.key", not(hasItem(job)));
    }

    @Test
    void aDryRunChangesNothing() {
        List<String> some = jobs("mlp", 2);
        for (String selection : List.of("'filter':{'network':'mlp'}", "'keys':" + list(some), "'all':true")) {
            act("{'action':'cancel','dry_run':true,%s}".formatted(selection))
                    .body("dry_run", equalTo(true))
                    .body("changed", equalTo(2))
                    .body("items.status", everyItem(equalTo("cancelled")));
        }
        assertThat(some).extracting(BulkActionsTest::status).containsOnly("queued");
        assertThat(get("/api/v1/train/" + some.get(0)).jsonPath().getList("transitions"))
                .hasSize(1);
    }

    @Test
    void jobsOverTheLimitRemainForTheNextRequest() {
        List<String> some = jobs("mlp", 5);
        String two = "{'action':'cancel','filter':{'status':'queued'},'limit':2}";
        act(two).body("items.key", equalTo(some.subList(0, 2)))
                .body("matched", equalTo(5))
                .body("remaining", equalTo(3));
        act(two).body("items.key", equalTo(some.subList(2, 4))).body("remaining", equalTo(1));
        act(two).body("items.key", equalTo(some.subList(4, 5))).body("remaining", equalTo(0));
        act(two).body("items", hasSize(0)).body("matched", equalTo(0));
    }

    @Test
    void noMistakeReachesEveryJob() {
        String job = submit("mlp");
        Map<String, String> bodies = Map.ofEntries(
                Map.entry("{'action':'cancel'}", "/filter"),
                Map.entry("{'action':'cancel','filter':{}}", "/filter"),
                Map.entry("{'action':'cancel','filter':null}", "/filter"),
                Map.entry("{'action':'cancel','filter':[]}", "/filter"),
                Map.entry("{'action':'cancel','all':false}", "/filter"),
                Map.entry("{'action':'cancel','all':'yes'}", "/all"),
                Map.entry("{'action':'cancel','all':true,'filter':{'network':'mlp'}}", "/filter"),
                Map.entry("{'action':'cancel','all':true,'keys':['%s']}".formatted(job), "/keys"),
                Map.entry("{'action':'cancel','keys':[]}", "/keys"),
                Map.entry("{'action':'cancel','keys':'%s'}".formatted(job), "/keys"),
                Map.entry("{'action':'cancel','keys':['%s','x']}".formatted(job), "/keys/1"),
                Map.entry("{'action':'cancel','keys':['%s','%s']}".formatted(job, job.toUpperCase()), "/keys/1"),
                Map.entry("{'action':'cancel','keys':['%s'],'limit':1}".formatted(job), "/limit"),
                Map.entry("{'action':'cancel','filter':{'state':'queued'}}", "/filter/state"),
                Map.entry("{'action':'cancel','filter':{'status':'waiting'}}", "/filter/status"),
                Map.entry("{'action':'cancel','filter':{'status':null,'network':'mlp'}}", "/filter/status"),
                Map.entry("{'action':'cancel','filter':{'created_before':'soon'}}", "/filter/created_before"),
                Map.entry("{'action':'cancel','filter':{'model_version':0}}", "/filter/model_version"),
                Map.entry("{'action':'cancel','all':true,'limit':0}", "/limit"),
                Map.entry("{'action':'cancel','all':true,'limit':1001}", "/limit"),
                Map.entry("{'action':'cancel','all':true,'dryrun':true}", "/dryrun"),
                Map.entry("{'action':'cancel','all':true,'dry_run':1}", "/dry_run"),
                Map.entry("{'action':'delete','all':true}", "/action"),
                Map.entry("{'all':true}", "/action"));
        bodies.forEach((body, pointer) -> send(body)
                .statusCode(422)
                .body("errors.pointer", equalTo(List.of(pointer)))
                .body("errors[0].detail.length()", greaterThan(10)));
        String many = IntStream.range(0, 1_001)
                .mapToObj(i -> "'%s'".formatted(UUID.randomUUID()))
                .collect(Collectors.joining(","));
        send("{'action':'cancel','keys':[%s]}".formatted(many))
                .statusCode(422)
                .body("errors[0].detail", containsString("1 to 1,000 keys, not 1,001"));
        send("[]").statusCode(422);
        send("{'action':'cancel'").statusCode(400);
        get("/api/v1/train/actions").then().statusCode(404); // no job has this key
        assertThat(status(job)).isEqualTo("queued");
    }

    @Test
    void allSelectsEveryJobThatTheActionCanChange() {
        List<String> some = jobs("mlp", 2);
        act("{'action':'cancel','all':true,'filter':{}}").body("items.key", equalTo(some));
        act("{'action':'cancel','all':true}").body("matched", equalTo(0));
    }

    private static List<String> jobs(String network, int count) {
        return IntStream.range(0, count).mapToObj(i -> submit(network)).toList();
    }

    private static String submit(String network) {
        return given().contentType("application/json")
                .body(CONFIG.formatted(network))
                .post("/api/v1/train")
                .then()
                .statusCode(202)
                .extract()
                .path("key");
    }

    private static String status(String key) {
        return get("/api/v1/train/" + key).path("status");
    }

    private static String list(List<String> keys) {
        return keys.stream().map("'%s'"::formatted).collect(Collectors.joining(",", "[", "]"));
    }

    private static ValidatableResponse act(String body) {
        return send(body).statusCode(200);
    }

    private static ValidatableResponse send(String body) {
        return given().contentType("application/json")
                .body(body.replace('\'', '"'))
                .post("/api/v1/train/actions")
                .then();
    }
}
