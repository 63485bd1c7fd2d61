package dev.trainyard.gateway.training;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** Answers that a client need not be sent again where it has them already. */
final class ConditionalResponses {
    /** A client that polls sends the tag by itself; no cache on the way keeps what was answered. */
    private static final String CACHE = "no-store";

    private ConditionalResponses() {}

    /**
     * 200 with {@code entity}, or 304.
     *
     * @param tag of {@code entity}, by which the client knows it again
     * @param ifNoneMatch tags of what the client has; null for none
     */
    static Response answer(Object entity, String tag, String ifNoneMatch) {
        return JobETag.isKnown(tag, ifNoneMatch)
                ? unchanged(tag)
                : Response.ok(entity)
                        .header(HttpHeaders.ETAG, tag)
                        .header(HttpHeaders.CACHE_CONTROL, CACHE)
                        .build();
    }

    /** 304: the client has what {@code tag} says. */
    static Response unchanged(String tag) {
        return Response.notModified()
                .header(HttpHeaders.ETAG, tag)
                .header(HttpHeaders.CACHE_CONTROL, CACHE)
                .build();
    }
}
