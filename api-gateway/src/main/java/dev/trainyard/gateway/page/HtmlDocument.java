package dev.trainyard.gateway.page;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** An HTML document served from memory, with a Content-Security-Policy that allows its inline script. */
public final class HtmlDocument {
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final String html;
    private final String policy;
    private final String tag;

    private HtmlDocument(String html, String scripts) {
        this.html = html;
        this.policy =
                ("default-src 'self'; script-src %s; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:;"
                                + " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
                        .formatted(scripts);
        this.tag = '"' + sha256(html).substring(0, 16) + '"';
    }

    /** A document without inline scripts. */
    static HtmlDocument of(String html) {
        return new HtmlDocument(html, "'self'");
    }

    /** @param inline text of the only inline script of {@code html}; the policy allows it by its hash */
    static HtmlDocument of(String html, String inline) {
        return new HtmlDocument(html, "'self' 'sha256-%s'".formatted(sha256(inline)));
    }

    static String resource(String name) {
        try (InputStream text = Thread.currentThread().getContextClassLoader().getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException("the gateway was built without " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    /** Returns true if {@code accept} is that of a browser's navigation, not of a program. */
    public static boolean acceptsHtml(String accept) {
        return accept != null && accept.contains("text/html");
    }

    public String html() {
        return html;
    }

    /** The value of Content-Security-Policy. */
    public String policy() {
        return policy;
    }

    /** Sends the document, or 304 if the browser has the current one. */
    public void send(RoutingContext request, int status) {
        HttpServerResponse response = request.response();
        response.headers().remove(HttpHeaders.CONTENT_ENCODING); // "identity" would keep it from being compressed
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/html;charset=UTF-8")
                .putHeader("Content-Security-Policy", policy);
        if (status != OK) {
            end(request, status);
            return;
        }
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache").putHeader(HttpHeaders.ETAG, "W/" + tag);
        String known = request.request().getHeader(HttpHeaders.IF_NONE_MATCH);
        if (known != null && known.contains(tag)) {
            response.setStatusCode(NOT_MODIFIED).end();
        } else {
            end(request, status);
        }
    }

    private void end(RoutingContext request, int status) {
        HttpServerResponse response = request.response().setStatusCode(status);
        Buffer body = Buffer.buffer(html);
        if (request.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length()))
                    .end();
        } else {
            response.end(body);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
