package dev.trainyard.gateway.page;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;

/**
 * Gives every page of the web page an address that can be typed, sent and loaded anew: one document answers all of
 * them, and its script shows what the address says. {@code /} is that document by itself.
 */
@ApplicationScoped
class PageRoutes {
    private static final Pattern PAGE = Pattern.compile("/(jobs(/[^/]+)?|compare|models(/[^/]+)?|draw|system)");
    private static final String DOCUMENT = "/index.html";
    /** Before whatever else would answer, and say that there is nothing. */
    private static final int EARLY = -1;

    void install(@Observes Router router) {
        router.route().order(EARLY).handler(PageRoutes::show);
    }

    private static void show(RoutingContext request) {
        HttpMethod method = request.request().method();
        boolean read = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        if (read && isPage(request.normalizedPath())) {
            request.reroute(DOCUMENT);
        } else {
            request.next();
        }
    }

    static boolean isPage(String path) {
        return PAGE.matcher(path).matches();
    }
}
