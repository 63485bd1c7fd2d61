package dev.trainyard.gateway.predictions.batch;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
import java.util.List;

/**
 * The images of a batch, read one at a time.
 *
 * @param bytes total size of the images when read
 * @param skipped number of parts that are not images
 */
public record ImageBatch(List<Item> items, long bytes, int skipped) {
    /** Largest number of images in one batch. */
    public static final int MAX_IMAGES = 256;

    /** One image. */
    public interface Item {
        /** Name of the file, else of the form's part. */
        String name();

        /**
         * Reads the bytes; every call reads them again.
         *
         * @throws ProblemException if they cannot be read; other items are not affected
         */
        byte[] read();
    }

    public ImageBatch {
        if (items.isEmpty()) {
            throw unreadable("has no image; send up to %d PNG files".formatted(MAX_IMAGES));
        }
        items = List.copyOf(items);
    }

    static ProblemException tooMany(String what, int most) {
        return new ProblemException(
                ProblemType.TOO_LARGE, "The batch has more than %d %s; send it in parts.".formatted(most, what));
    }

    static ProblemException unreadable(String what) {
        return ProblemException.invalid(List.of(new Violation("", what)));
    }
}
