package dev.trainyard.gateway.http;

import dev.trainyard.gateway.page.PageHandler;
import dev.trainyard.gateway.problem.ApiMethods;
import dev.trainyard.gateway.problem.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Answers OPTIONS on every path, and refuses all methods except reads on paths that are not API resources. Otherwise
 * the framework would answer DELETE /q/health like GET, and POST to a file with 404.
 */
@ApplicationScoped
class AllowedMethods {
    private static final int NO_CONTENT = 204;
    private static final Set<String> READ_METHODS = new TreeSet<>(Set.of("GET", "HEAD", "OPTIONS"));
    private static final Set<String> ALL_METHODS =
            new TreeSet<>(Set.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"));

    private static final Pattern RESOURCES = Pattern.compile("/(api|v2)(/.*)?");
    /** Paths of the framework and of its generated files. */
    private static final Pattern FRAMEWORK =
            Pattern.compile("/(q/(health|metrics|openapi|swagger-ui)([./].*)?|_static/.*|_importmap/.*)");

    private final ApiMethods apiMethods;

    AllowedMethods(ApiMethods apiMethods) {
        this.apiMethods = apiMethods;
    }

    void check(RoutingContext request) {
        String method = request.request().method().name();
        boolean options = request.request().method().equals(HttpMethod.OPTIONS);
        if (options && request.request().uri().equals(RequestHead.SERVER_PATH)) {
            allow(request, ALL_METHODS);
            return;
        }
        String path = request.normalizedPath();
        boolean resource = RESOURCES.matcher(path).matches();
        if (resource && options) {
            allow(request, apiMethods.methods(path));
        } else if (!resource && (options || !READ_METHODS.contains(method))) {
            checkReadOnlyPath(request, path, options);
        } else {
            request.next();
        }
    }

    private static void checkReadOnlyPath(RoutingContext request, String path, boolean options) {
        if (!isReadOnly(path)) {
            request.next(); // not found
        } else if (options) {
            allow(request, READ_METHODS);
        } else {
            request.response().putHeader(HttpHeaders.ALLOW, String.join(", ", READ_METHODS));
            RequestRejection.send(
                    request,
                    ProblemType.METHOD_NOT_ALLOWED,
                    "%s is not supported at %s."
                            .formatted(request.request().method().name(), path));
        }
    }

    private static void allow(RoutingContext request, Set<String> methods) {
        if (methods.isEmpty()) {
            request.fail(ProblemType.NOT_FOUND.status());
            return;
        }
        request.response()
                .setStatusCode(NO_CONTENT)
                .putHeader(HttpHeaders.ALLOW, String.join(", ", methods))
                .end();
    }

    private static boolean isReadOnly(String path) {
        return PageHandler.isPage(path) || FRAMEWORK.matcher(path).matches() || isFile(path);
    }

    private static boolean isFile(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.contains(".")
                && Thread.currentThread().getContextClassLoader().getResource("META-INF/resources" + path) != null;
    }
}
