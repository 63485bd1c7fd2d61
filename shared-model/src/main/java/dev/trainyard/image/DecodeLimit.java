package dev.trainyard.image;

import java.time.Duration;

/** How long decoding one picture may take. */
public final class DecodeLimit {
    /** For callers who have the time. */
    public static final DecodeLimit NONE = new DecodeLimit(null, 0);

    private final Duration length;
    private final long end;

    private DecodeLimit(Duration length, long end) {
        this.length = length;
        this.end = end;
    }

    /** From now on. */
    public static DecodeLimit of(Duration length) {
        return new DecodeLimit(length, System.nanoTime() + length.toNanos());
    }

    /** @throws PngException if the time is over */
    void check() throws PngException {
        if (length != null && System.nanoTime() - end > 0) {
            throw new PngException(
                    "Decoding the PNG takes longer than %d ms; send a smaller picture.".formatted(length.toMillis()));
        }
    }
}
