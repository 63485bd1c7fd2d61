package dev.trainyard.gateway.http;

import dev.trainyard.gateway.runtime.GatewaySettings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.regex.Pattern;

/** Chooses the rule for the body of a request. JSON bodies are small, except for tensors. */
@Singleton
class BodyRules {
    /**
     * Above the 5 MB of an image with its multipart overhead, so that the error for a larger image names the
     * image.
     */
    private static final long IMAGE = 8L * 1024 * 1024;

    private static final long TENSORS = 8L * 1024 * 1024;
    private static final long BATCH = 32L * 1024 * 1024;
    /** A model of 32 MB, a reference of 4 MB and the multipart overhead. */
    private static final long IMPORT = 40L * 1024 * 1024;
    /** Largest decompressed size of an archive of images. */
    private static final long ARCHIVE = 40L * 1024 * 1024;

    private static final long DEFLATE_BEST_RATIO = 1032;
    private static final Pattern INFER = Pattern.compile("/v2/models/[^/]+(/versions/[^/]+)?/infer");

    private final AdminToken admin;
    private final BodyRule json;
    private final BodyRule image = BodyRule.copied(IMAGE);
    private final BodyRule tensors = BodyRule.copied(TENSORS);
    private final BodyRule form = BodyRule.copied(BATCH);
    private final BodyRule archive = new BodyRule(BATCH, size -> size + Math.min(ARCHIVE, DEFLATE_BEST_RATIO * size));
    private final BodyRule model = BodyRule.copied(IMPORT);

    BodyRules(AdminToken admin, GatewaySettings settings) {
        this.admin = admin;
        this.json = BodyRule.of(settings.http().jsonLimit().asLongValue());
    }

    BodyRule of(RoutingContext routing) {
        String path = withoutSlash(routing.normalizedPath());
        return switch (path) {
            case "/api/v1/predict", "/api/v1/predict/preview" -> image;
            case "/api/v1/predict/batch" -> isArchive(routing) ? archive : form;
            case "/api/v1/models" -> isImport(routing) ? model : json;
            default -> INFER.matcher(path).matches() ? tensors : json;
        };
    }

    private static String withoutSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static boolean isArchive(RoutingContext routing) {
        String type = routing.request().getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/");
    }

    private boolean isImport(RoutingContext routing) {
        return routing.request().method().equals(HttpMethod.POST) && admin.allows(routing);
    }
}
