package dev.trainyard.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.http.ApiOperations;
import dev.trainyard.gateway.permission.Role;
import dev.trainyard.standalone.testing.PlatformResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends every operation of the OpenAPI document, and all other paths, as each role and without a token. */
@QuarkusTest
@QuarkusTestResource(PlatformResource.class)
@TestProfile(TokensProfile.class)
class AccessMatrixTest {
    private static final String VIEWER = "viewer";
    private static final String PREDICTOR = "predictor";
    private static final String SUBMITTER = "submitter";
    private static final String OPERATOR = "operator";
    private static final String ADMINISTRATOR = "administrator";

    private static final Set<String> READERS = Set.of(VIEWER, SUBMITTER, OPERATOR, ADMINISTRATOR);
    private static final Set<String> PREDICTORS = Set.of(PREDICTOR, SUBMITTER, OPERATOR, ADMINISTRATOR);
    private static final Set<String> SUBMITTERS = Set.of(SUBMITTER, OPERATOR, ADMINISTRATOR);
    private static final Set<String> OPERATORS = Set.of(OPERATOR, ADMINISTRATOR);
    private static final Set<String> ADMINISTRATORS = Set.of(ADMINISTRATOR);
    private static final Set<String> ALL_ROLES = Set.of(VIEWER, PREDICTOR, SUBMITTER, OPERATOR, ADMINISTRATOR);
    private static final Set<String> PUBLIC = Set.of("anonymous");

    /** Who may do what; written by hand, so that a method with a wrong annotation is found. */
    static final Map<String, Set<String>> ALLOWED = new TreeMap<>();
    /** Senders without credentials may use them too; see {@link SessionMatrixTest}. */
    static final Set<String> SIGN_IN =
            Set.of("POST /api/v1/session", "DELETE /api/v1/session", "POST /api/v1/session/provider");

    /** Routes of the router with a path: health, the page's files, and the document. The resources have none of their own. */
    private static final Set<String> ROUTES = Set.of(
            "/",
            "/_importmap/generated_importmap.js",
            "/_static/",
            "/q/",
            "/q/health",
            "/q/health/live",
            "/q/health/ready",
            "/q/health/started",
            "/q/openapi");

    static {
        allow(READERS, "GET /api/v1/train", "GET /api/v1/train/1", "GET /api/v1/train/1/events");
        allow(READERS, "GET /api/v1/train/events", "GET /api/v1/system");
        allow(READERS, "GET /api/v1/pools/1/load");
        allow(READERS, "GET /api/v1/studies", "GET /api/v1/studies/1", "GET /api/v1/studies/1/trials");
        allow(READERS, "GET /api/v1/studies/1/best", "GET /api/v1/studies/1/events");
        allow(READERS, "GET /api/v1/studies/1/importance");
        allow(SUBMITTERS, "POST /api/v1/studies", "POST /api/v1/studies/1/pause", "POST /api/v1/studies/1/resume");
        allow(SUBMITTERS, "POST /api/v1/studies/1/cancel", "POST /api/v1/studies/1/extend");
        allow(SUBMITTERS, "POST /api/v1/studies/1/replay", "POST /api/v1/studies/1/trials/1/stop");
        allow(READERS, "GET /api/v1/models", "GET /api/v1/models/1", "GET /api/v1/models/1/route");
        allow(READERS, "GET /api/v1/models/1/versions/1", "GET /api/v1/models/1/versions/1/model.onnx");
        allow(READERS, "GET /api/v1/models/1/versions/1/mistakes.png", "GET /api/v1/models/1/versions/1/drift");
        allow(SUBMITTERS, "POST /api/v1/train", "POST /api/v1/train/1/cancel", "POST /api/v1/train/1/pause");
        allow(SUBMITTERS, "POST /api/v1/train/actions");
        allow(SUBMITTERS, "POST /api/v1/train/1/resume", "POST /api/v1/train/1/retry", "POST /api/v1/train/1/verify");
        allow(PREDICTORS, "POST /api/v1/predict", "POST /api/v1/predict/batch", "POST /api/v1/predict/preview");
        allow(PREDICTORS, "GET /api/v1/predictions/1");
        allow(PREDICTORS, "POST /v2/models/1/infer", "POST /v2/models/1/versions/1/infer");
        allow(ALL_ROLES, "GET /v2", "GET /v2/models/1", "GET /v2/models/1/ready", "GET /v2/models/1/versions/1");
        allow(ALL_ROLES, "GET /v2/models/1/versions/1/ready", "GET /api/v1/me");
        allow(PUBLIC, "GET /v2/health/live", "GET /v2/health/ready");
        allow(OPERATORS, "PUT /api/v1/models/1/aliases/1", "DELETE /api/v1/models/1/aliases/1");
        allow(OPERATORS, "PUT /api/v1/models/1/route", "POST /api/v1/models/1/rollback", "DELETE /api/v1/models/1");
        allow(OPERATORS, "POST /api/v1/models/1/versions/1/promote", "DELETE /api/v1/models/1/versions/1");
        allow(OPERATORS, "POST /api/v1/models/1/versions/1/release-quarantine");
        allow(OPERATORS, "GET /api/v1/dead-letters", "GET /api/v1/unsent-records");
        allow(OPERATORS, "POST /api/v1/unsent-records/1/retry", "DELETE /api/v1/unsent-records/1");
        allow(ADMINISTRATORS, "POST /api/v1/models", "GET /api/v1/tokens", "POST /api/v1/tokens");
        allow(ADMINISTRATORS, "GET /api/v1/audit");
        allow(ADMINISTRATORS, "POST /api/v1/tokens/1/rotate", "DELETE /api/v1/tokens/1");
        allow(READERS, "GET /api/v1/projects", "GET /api/v1/projects/1/usage");
        allow(ADMINISTRATORS, "POST /api/v1/projects", "PUT /api/v1/projects/1", "DELETE /api/v1/projects/1");
    }

    @Inject
    AccessTokens tokens;

    @Inject
    BeanManager beans;

    @Inject
    Router router;

    @Inject
    TokenDirectory directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Role, String> texts = new EnumMap<>(Role.class);

    private static void allow(Set<String> roles, String... operations) {
        List.of(operations).forEach(operation -> ALLOWED.put(operation, roles));
    }

    @BeforeEach
    void createTokens() {
        for (Role role : Role.values()) {
            texts.put(
                    role,
                    tokens.create(new AccessTokens.TokenRequest(role.wireName(), role, null, null, null), "test")
                            .orElseThrow()
                            .secret()
                            .text());
        }
        directory.refresh();
    }

    /** Sends a body of the media type that no resource accepts; none without a type. */
    private int status(String method, String path, @Nullable String token, @Nullable String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
                .version(HttpClient.Version.HTTP_1_1);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (type == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", type.startsWith("multipart/") ? type + "; boundary=x" : type);
            request.method(method, HttpRequest.BodyPublishers.ofString("?"));
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int status(String method, String path, @Nullable String token) {
        return status(method, path, token, null);
    }

    /** The status for each media type that the operation accepts, because each may have a method of its own. */
    private Set<Integer> statuses(ApiOperations.Operation operation, @Nullable String token) {
        if (operation.mediaTypes().isEmpty()) {
            return Set.of(status(operation.method(), operation.path(), token));
        }
        Set<Integer> statuses = new HashSet<>();
        operation.mediaTypes().forEach(type -> statuses.add(status(operation.method(), operation.path(), token, type)));
        return statuses;
    }

    @Test
    void everyOperationIsAllowedToItsRolesOnly() throws Exception {
        SoftAssertions all = new SoftAssertions();
        List<ApiOperations.Operation> operations = ApiOperations.operations();
        for (ApiOperations.Operation operation : operations) {
            if (operation.path().equals("/api/v1/train/events") || SIGN_IN.contains(operation.toString())) {
                continue; // does not end; see below
            }
            Set<String> allowed = ALLOWED.get(operation.toString());
            all.assertThat(allowed).as("roles of " + operation).isNotNull();
            if (allowed == null) {
                continue;
            }
            Set<Integer> anonymous = statuses(operation, null);
            if (allowed.equals(PUBLIC)) {
                all.assertThat(anonymous).as("anonymous " + operation).allMatch(status -> status < 400);
                continue;
            }
            all.assertThat(anonymous).as("anonymous " + operation).containsOnly(401);
            texts.forEach((role, token) -> {
                Set<Integer> statuses = statuses(operation, token);
                if (allowed.contains(role.wireName())) {
                    all.assertThat(statuses).as(role + " " + operation).doesNotContain(401, 403, 500);
                } else {
                    all.assertThat(statuses).as(role + " " + operation).containsOnly(403);
                }
            });
        }
        all.assertThat(ALLOWED.keySet())
                .as("operations that do not exist")
                .isSubsetOf(operations.stream()
                        .map(ApiOperations.Operation::toString)
                        .toList());
        all.assertAll();
    }

    /** The matrix reads the OpenAPI document, so a method that is left out of it would not be tested. */
    @Test
    void everyMethodOfAResourceIsInTheDocument() throws Exception {
        Set<String> documented = new HashSet<>();
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            documented.add(operation.toString());
        }
        Set<String> found = new HashSet<>();
        List<String> missing = new ArrayList<>();
        for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
            Path root = bean.getBeanClass().getAnnotation(Path.class);
            for (Method method :
                    root == null ? new Method[0] : bean.getBeanClass().getDeclaredMethods()) {
                String path = pathOf(root, method);
                verbs(method).map(verb -> verb + " " + path).forEach(operation -> {
                    found.add(operation);
                    if (!documented.contains(operation)) {
                        missing.add(operation + " of " + method);
                    }
                });
            }
        }
        assertThat(found).containsAll(ALLOWED.keySet());
        assertThat(missing).isEmpty();
    }

    private static Stream<String> verbs(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(Objects::nonNull)
                .map(HttpMethod::value)
                .filter(verb -> !verb.equals("HEAD")); // headIsAllowedLikeGet
    }

    private static String pathOf(Path root, Method method) {
        Path path = method.getAnnotation(Path.class);
        return ("/" + root.value() + "/" + (path == null ? "" : path.value()))
                .replaceAll("\\{[^}]*}", "1")
                .replaceAll("/+", "/")
                .replaceAll("/$", "");
    }

    /** A handler of the router outside of the resources has no annotation that protects it. */
    @Test
    void everyRouteIsKnown() {
        assertThat(router.getRoutes().stream().map(Route::getPath).filter(Objects::nonNull))
                .isSubsetOf(ROUTES);
    }

    /** HEAD, so that the stream of changes ends. */
    @Test
    void headIsAllowedLikeGet() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (ApiOperations.Operation operation : ApiOperations.operations()) {
            Set<String> allowed = ALLOWED.get(operation.toString());
            if (!operation.method().equals("GET") || allowed == null || allowed.equals(PUBLIC)) {
                continue;
            }
            all.assertThat(status("HEAD", operation.path(), null))
                    .as("HEAD " + operation.path())
                    .isEqualTo(401);
            texts.forEach((role, token) -> {
                int status = status("HEAD", operation.path(), token);
                if (allowed.contains(role.wireName())) {
                    all.assertThat(status)
                            .as(role + " HEAD " + operation.path())
                            .isNotIn(401, 403, 500);
                } else {
                    all.assertThat(status)
                            .as(role + " HEAD " + operation.path())
                            .isEqualTo(403);
                }
            });
        }
        all.assertAll();
    }

    @Test
    void thePageHealthAndDocumentsArePublicAndEverythingElseIsNot() {
        for (String path : List.of(
                "/",
                "/jobs",
                "/sign-in?code=x&state=y",
                "/app/main.js",
                "/app/style.css",
                "/samples/8.png",
                "/q/health",
                "/q/health/live",
                "/q/health/ready",
                "/q/openapi",
                "/q/swagger-ui/",
                "/v2/health/live")) {
            assertThat(status("GET", path, null)).as(path).isEqualTo(200);
        }
        for (String path : List.of(
                "/q/metrics", "/q/metrics/", "/q//metrics", "/q/nothing", "/api", "/api/v9/train", "/v2/nothing")) {
            assertThat(status("GET", path, null)).as(path).isEqualTo(401);
        }
        assertThat(status("GET", "/q/metrics", texts.get(Role.VIEWER))).isEqualTo(200);
        assertThat(status("GET", "/q/metrics", texts.get(Role.PREDICTOR))).isEqualTo(403);
    }

    @Test
    void ambiguousPathsAreRefused() {
        for (String path : List.of(
                "/api/v1/x/..%2Ftrain",
                "/api/v1/train;x=1",
                "/api/v1/./train",
                "/q/health;/../metrics",
                "/q/health/../metrics",
                "//q/metrics",
                "/q/health/..%2fmetrics")) {
            assertThat(status("GET", path, null)).as(path).isIn(400, 401);
        }
    }
}
