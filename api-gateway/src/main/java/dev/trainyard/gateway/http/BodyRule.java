package dev.trainyard.gateway.http;

import java.util.function.LongUnaryOperator;

/**
 * How the body of one route is read.
 *
 * @param most bytes that are read, also after decompression
 * @param need memory that serving a body of that many bytes takes, including the body
 */
record BodyRule(long most, LongUnaryOperator need) {
    static BodyRule of(long most) {
        return new BodyRule(most, size -> size);
    }

    /** A rule for routes that copy parts of the body. */
    static BodyRule copied(long most) {
        return new BodyRule(most, size -> 2 * size);
    }
}
