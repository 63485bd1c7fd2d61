package dev.trainyard.predictor.models;

/** Something that {@link ModelCache} keeps. */
interface CachedModel extends AutoCloseable {

    /** About how much memory it takes. */
    long bytes();

    /** Frees it; called once, when nobody uses it. */
    @Override
    void close();
}
