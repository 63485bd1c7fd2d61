package dev.trainyard.gateway.http;

import io.vertx.core.http.HttpMethod;
import java.util.regex.Pattern;

/** The paths that need authentication; all others are those of the page and its files. */
public final class ProtectedPaths {
    /** Where the web page signs in and out. */
    public static final String SESSION = "/api/v1/session";
    /** Below {@link #SESSION}: where it begins to sign in at the OpenID provider. */
    public static final String PROVIDER_SEGMENT = "provider";

    private static final Pattern API = Pattern.compile("/(api|v2|q)(/.*)?");
    private static final Pattern PUBLIC =
            Pattern.compile("/v2/health/(live|ready)/?|/q/(health|openapi|swagger-ui)([./].*)?");

    private ProtectedPaths() {}

    /** Requests to sign in have no credentials yet, or those of an earlier sign-in. */
    static boolean isSignIn(String path, HttpMethod method) {
        String canonical = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return method.equals(HttpMethod.POST)
                && (canonical.equals(SESSION) || canonical.equals(SESSION + "/" + PROVIDER_SEGMENT));
    }

    /** Requests that remove the cookie of a session, which may have ended. */
    static boolean isSignOut(String path, HttpMethod method) {
        return method.equals(HttpMethod.DELETE) && (path.equals(SESSION) || path.equals(SESSION + "/"));
    }

    public static boolean contains(String path) {
        return API.matcher(path).matches() && !PUBLIC.matcher(path).matches();
    }
}
