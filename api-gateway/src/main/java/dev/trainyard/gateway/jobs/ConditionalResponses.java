package dev.trainyard.gateway.jobs;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** Builds responses to conditional requests: 304 if the client's entity tag matches. */
final class ConditionalResponses {
    /** Polling clients revalidate with the tag; intermediate caches must not store responses. */
    private static final String CACHE = "no-store";

    private ConditionalResponses() {}

    /**
     * Returns 200 with {@code entity}, or 304.
     *
     * @param tag entity tag of {@code entity}
     * @param ifNoneMatch value of the If-None-Match header
     */
    static Response answer(Object entity, String tag, @Nullable String ifNoneMatch) {
        return JobETag.matches(tag, ifNoneMatch)
                ? unchanged(tag)
                : Response.ok(entity)
                        .header(HttpHeaders.ETAG, tag)
                        .header(HttpHeaders.CACHE_CONTROL, CACHE)
                        .build();
    }

    /** Returns 304 with {@code tag}. */
    static Response unchanged(String tag) {
        return Response.notModified()
                .header(HttpHeaders.ETAG, tag)
                .header(HttpHeaders.CACHE_CONTROL, CACHE)
                .build();
    }
}
