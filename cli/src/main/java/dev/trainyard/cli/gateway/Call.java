package dev.trainyard.cli.gateway;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request to a gateway. */
final class Call {
    private static final Body NOTHING = Body.of(new byte[0]);

    private final String method;
    private final String path;
    private final Body body;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private Duration limit = Duration.ofMinutes(2);
    private boolean question;

    private Call(String method, String path, Body body) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) <= ' ' || path.charAt(i) > '~' || path.charAt(0) != '/') {
                throw new IllegalArgumentException("\"" + path + "\" is no path of a gateway");
            }
        }
        this.method = method;
        this.path = path;
        this.body = body;
        this.question = method.equals("GET");
    }

    /** @param path with its query, behind the gateway's address */
    static Call get(String path) {
        return new Call("GET", path, null);
    }

    static Call post(String path) {
        return new Call("POST", path, NOTHING);
    }

    static Call delete(String path) {
        return new Call("DELETE", path, null);
    }

    static Call post(String path, String contentType, Body body) {
        return new Call("POST", path, body).header("Content-Type", contentType);
    }

    /** A request that changes nothing, although it has a body. */
    static Call question(String path, String contentType, Body body) {
        Call call = post(path, contentType, body);
        call.question = true;
        return call;
    }

    Call header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** @param longest how long the gateway may be silent; zero for ever */
    Call limit(Duration longest) {
        limit = longest;
        return this;
    }

    boolean isQuestion() {
        return question;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    /** Null for none. */
    Body body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }

    Duration limit() {
        return limit;
    }
}
