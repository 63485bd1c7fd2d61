package dev.trainyard.predictor.models;

/** An entry of {@link ModelCache}. */
interface CachedModel extends AutoCloseable {

    /** Estimated memory in bytes. */
    long bytes();

    /** Frees the model; called once, when it is no longer in use. */
    @Override
    void close();
}
