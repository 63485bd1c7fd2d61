package dev.trainyard.trainer.imports;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of a check. It was written by the check process, so its reader must not trust it.
 *
 * @param refused a sentence that says why the file is refused and what to do; null if it is accepted
 * @param madeBy program that made the file
 * @param parameters number of weights of the model
 * @param notes checks that were not possible on this machine
 */
record CheckReport(@Nullable String refused, @Nullable String madeBy, long parameters, List<String> notes) {
    static CheckReport refusal(@Nullable String why) {
        return new CheckReport(why, null, 0, List.of());
    }
}
