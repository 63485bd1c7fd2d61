package dev.trainyard.dataset;

import java.util.Locale;

/** The two splits of a dataset, which are never mixed. */
public enum Split {
    TRAIN,
    TEST;

    /** Name in file names: {@code train} or {@code test}. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
