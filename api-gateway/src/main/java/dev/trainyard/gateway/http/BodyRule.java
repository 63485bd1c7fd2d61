package dev.trainyard.gateway.http;

import java.util.function.LongUnaryOperator;

/**
 * Limits for the body of one path.
 *
 * @param most largest size in bytes, also after decompression
 * @param need memory in bytes for serving a body of a given size, including the body
 */
record BodyRule(long most, LongUnaryOperator need) {
    static BodyRule of(long most) {
        return new BodyRule(most, size -> size);
    }

    /** A rule for paths that copy parts of the body. */
    static BodyRule copied(long most) {
        return new BodyRule(most, size -> 2 * size);
    }
}
