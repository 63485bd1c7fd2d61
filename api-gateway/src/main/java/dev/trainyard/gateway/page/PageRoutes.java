package dev.trainyard.gateway.page;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;

/**
 * Gives every page of the web page an address that can be typed, sent and loaded anew: one document answers all of
 * them, and its script shows what the address says. {@code /} is that document by itself. An address that was typed with
 * a slash at its end is sent on to the one without.
 */
@ApplicationScoped
class PageRoutes {
    private static final Pattern PAGE = Pattern.compile("/(jobs(/[^/]+)?|compare|models(/[^/]+)?|draw|system)");
    private static final String DOCUMENT = "/index.html";
    private static final int PERMANENT_REDIRECT = 308;
    /** Before whatever else would answer, and say that there is nothing. */
    private static final int EARLY = -1;

    void install(@Observes Router router) {
        router.route().order(EARLY).handler(PageRoutes::show);
    }

    private static void show(RoutingContext request) {
        HttpMethod method = request.request().method();
        boolean read = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        String path = request.normalizedPath();
        if (read && isPage(path)) {
            request.reroute(DOCUMENT);
        } else if (read && path.endsWith("/") && isPage(withoutSlash(path))) {
            String query = request.request().query();
            request.response()
                    .setStatusCode(PERMANENT_REDIRECT)
                    .putHeader(HttpHeaders.LOCATION, withoutSlash(path) + (query == null ? "" : "?" + query))
                    .end();
        } else {
            request.next();
        }
    }

    private static String withoutSlash(String path) {
        return path.substring(0, path.length() - 1);
    }

    static boolean isPage(String path) {
        return PAGE.matcher(path).matches();
    }
}
