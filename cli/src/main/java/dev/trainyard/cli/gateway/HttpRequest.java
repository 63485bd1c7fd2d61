package dev.trainyard.cli.gateway;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to a gateway. */
final class HttpRequest {
    private static final RequestBody NOTHING = RequestBody.of(new byte[0]);

    private final String method;
    private final String path;
    private final @Nullable RequestBody body;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private Duration readTimeout = Duration.ofMinutes(2);
    private boolean readOnly;

    private HttpRequest(String method, String path, @Nullable RequestBody body) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) <= ' ' || path.charAt(i) > '~' || path.charAt(0) != '/') {
                throw new IllegalArgumentException("\"" + path + "\" is not a valid path");
            }
        }
        this.method = method;
        this.path = path;
        this.body = body;
        this.readOnly = method.equals("GET");
    }

    /** @param path below the gateway's address, with its query */
    static HttpRequest get(String path) {
        return new HttpRequest("GET", path, null);
    }

    static HttpRequest post(String path) {
        return new HttpRequest("POST", path, NOTHING);
    }

    static HttpRequest delete(String path) {
        return new HttpRequest("DELETE", path, null);
    }

    static HttpRequest post(String path, String contentType, RequestBody body) {
        return new HttpRequest("POST", path, body).header("Content-Type", contentType);
    }

    static HttpRequest put(String path, String contentType, RequestBody body) {
        return new HttpRequest("PUT", path, body).header("Content-Type", contentType);
    }

    /** A POST that changes nothing on the gateway. */
    static HttpRequest readOnlyPost(String path, String contentType, RequestBody body) {
        HttpRequest request = post(path, contentType, body);
        request.readOnly = true;
        return request;
    }

    HttpRequest header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** @param timeout maximum time without data from the gateway; zero for no limit */
    HttpRequest readTimeout(Duration timeout) {
        readTimeout = timeout;
        return this;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    @Nullable
    RequestBody body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }

    Duration readTimeout() {
        return readTimeout;
    }
}
