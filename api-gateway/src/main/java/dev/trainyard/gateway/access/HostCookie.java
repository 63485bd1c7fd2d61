package dev.trainyard.gateway.access;

import dev.trainyard.gateway.runtime.GatewaySettings;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cookie that only this host reads. Over HTTPS its name has the prefix {@code __Host-}: browsers then accept it only from
 * this host and with {@code Secure}, so that no other host and no HTTP response can replace it.
 */
abstract class HostCookie {
    private static final String PREFIX = "__Host-";

    private final String name;
    private final Optional<Boolean> secure;

    HostCookie(String name, GatewaySettings settings) {
        this.name = name;
        this.secure = settings.auth().session().secureCookie();
    }

    /** HTTPS, or HTTPS to a trusted proxy. */
    boolean isSecure(HttpServerRequest request) {
        return secure.orElseGet(request::isSSL);
    }

    private String name(HttpServerRequest request) {
        return isSecure(request) ? PREFIX + name : name;
    }

    /** The value of the cookie; null if there is none. */
    @Nullable
    String read(HttpServerRequest request) {
        Cookie cookie = request.getCookie(name(request));
        return cookie == null ? null : cookie.getValue();
    }

    /** Value of Set-Cookie for a new secret. */
    String set(HttpServerRequest request, SessionSecret value, Duration lifetime) {
        return header(request, value.text(), lifetime.toSeconds());
    }

    /** Value of Set-Cookie that removes the cookie. */
    String remove(HttpServerRequest request) {
        return header(request, "", 0);
    }

    private String header(HttpServerRequest request, String value, long seconds) {
        return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
                .formatted(name(request), value, seconds, isSecure(request) ? "; Secure" : "");
    }
}
