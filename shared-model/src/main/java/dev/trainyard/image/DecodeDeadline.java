package dev.trainyard.image;

import java.time.Duration;

/** How long decoding one picture may take. */
public final class DecodeDeadline {
    /** For callers who have the time. */
    public static final DecodeDeadline NONE = new DecodeDeadline(null, 0);

    private final Duration length;
    private final long end;

    private DecodeDeadline(Duration length, long end) {
        this.length = length;
        this.end = end;
    }

    /** From now on. */
    public static DecodeDeadline of(Duration length) {
        return new DecodeDeadline(length, System.nanoTime() + length.toNanos());
    }

    /** @throws PngException if the time is over */
    void check() throws PngException {
        if (length != null && System.nanoTime() - end > 0) {
            throw new PngException(
                    "Decoding the PNG takes longer than %d ms; send a smaller picture.".formatted(length.toMillis()));
        }
    }
}
