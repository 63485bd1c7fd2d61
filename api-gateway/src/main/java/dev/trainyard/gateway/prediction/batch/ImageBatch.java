package dev.trainyard.gateway.prediction.batch;

import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.problem.ProblemType;
import dev.trainyard.validation.Violation;
import java.util.List;

/**
 * The pictures of a batch, none of them read yet.
 *
 * @param bytes of all of them together, once read
 * @param skipped parts that are no pictures and were passed over
 */
public record ImageBatch(List<Item> items, long bytes, int skipped) {
    /** Pictures of one batch. */
    public static final int MOST = 256;

    /** One picture. */
    public interface Item {
        /** The file's, or the part's where it has none. */
        String name();

        /**
         * Its bytes; every call reads them anew.
         *
         * @throws ProblemException if they cannot be read, which concerns no other item
         */
        byte[] read();
    }

    public ImageBatch {
        if (items.isEmpty()) {
            throw unreadable("holds no picture; send up to %d PNG files".formatted(MOST));
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
