package dev.trainyard.image;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Deadline for decoding one image. */
public final class DecodeDeadline {
    /** No deadline. */
    public static final DecodeDeadline NONE = new DecodeDeadline(null, 0);

    private final @Nullable Duration length;
    private final long end;

    private DecodeDeadline(@Nullable Duration length, long end) {
        this.length = length;
        this.end = end;
    }

    /** Returns a deadline that starts now. */
    public static DecodeDeadline of(Duration length) {
        return new DecodeDeadline(length, System.nanoTime() + length.toNanos());
    }

    /** @throws PngException if the deadline has passed */
    void check() throws PngException {
        if (length != null && System.nanoTime() - end > 0) {
            throw new PngException(
                    "Decoding the PNG takes longer than %d ms; send a smaller image.".formatted(length.toMillis()));
        }
    }
}
