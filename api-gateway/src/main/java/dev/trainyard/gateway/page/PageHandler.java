package dev.trainyard.gateway.page;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;

/**
 * Serves the document of the web page at the address of each of its pages, so that pages can be linked and reloaded;
 * the document's script shows the page. Addresses with a trailing slash are redirected.
 */
@ApplicationScoped
public class PageHandler {
    private static final Pattern PAGE = Pattern.compile(
            "/(index\\.html|jobs(/[^/]+)?|studies(/[^/]+)?|compare|models(/[^/]+)?|draw|system|audit|sign-in)?");
    private static final Pattern EXPLORER = Pattern.compile("/q/swagger-ui/(index\\.html)?");
    private static final int PERMANENT_REDIRECT = 308;
    private static final int OK = 200;
    /** Before handlers that would answer 404. */
    private static final int EARLY = -1;

    private final HtmlDocuments documents;

    PageHandler(HtmlDocuments documents) {
        this.documents = documents;
    }

    void install(@Observes Router router) {
        router.route().order(EARLY).handler(this::show);
    }

    private void show(RoutingContext request) {
        HttpMethod method = request.request().method();
        boolean read = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        String path = request.normalizedPath();
        if (!read) {
            request.next();
        } else if (isPage(path)) {
            documents.page().send(request, OK);
        } else if (EXPLORER.matcher(path).matches()) {
            documents.explorer().send(request, OK);
        } else if (path.endsWith("/") && isPage(withoutSlash(path))) {
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

    /** Returns true if {@code path} is a page of the web page. */
    public static boolean isPage(String path) {
        return PAGE.matcher(path).matches();
    }
}
