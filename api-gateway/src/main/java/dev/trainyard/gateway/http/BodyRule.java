package dev.trainyard.gateway.http;

import java.util.function.LongUnaryOperator;

/**
 * How the body of one route is read.
 *
 * @param most bytes that are read; of a compressed body, also what it may inflate to
 * @param need memory that serving a body of so many bytes takes, the body included
 */
record BodyRule(long most, LongUnaryOperator need) {
    static BodyRule of(long most) {
        return new BodyRule(most, size -> size);
    }

    /** For routes that copy parts of the body. */
    static BodyRule copied(long most) {
        return new BodyRule(most, size -> 2 * size);
    }
}
