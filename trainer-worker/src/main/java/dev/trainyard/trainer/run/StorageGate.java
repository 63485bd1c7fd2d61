package dev.trainyard.trainer.run;

import org.jspecify.annotations.Nullable;

/** Tells a trainer whether the artifact store can be used; without it, a trainer takes no jobs. */
public interface StorageGate {

    /** Returns why the store could not be used at the last check; null if it could. */
    @Nullable
    String problem();

    /** Checks it now. */
    void check();
}
