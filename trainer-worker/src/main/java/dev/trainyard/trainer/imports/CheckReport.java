package dev.trainyard.trainer.imports;

import java.util.List;

/**
 * What the check of a file found; written by the check's process, so that its reader trusts none of it.
 *
 * @param refused a sentence that says why the file is not taken and what to do; null if it is
 * @param madeBy what made the file
 * @param parameters how many weights the model has
 * @param notes what could not be checked on this machine
 */
record CheckReport(String refused, String madeBy, long parameters, List<String> notes) {
    static CheckReport refusal(String why) {
        return new CheckReport(why, null, 0, List.of());
    }
}
