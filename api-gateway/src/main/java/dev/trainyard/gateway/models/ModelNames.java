package dev.trainyard.gateway.models;

/** Checks names of models that clients send. */
final class ModelNames {
    private ModelNames() {}

    /** Returns false for names with the character 0, which PostgreSQL cannot store. */
    static boolean isStorable(String name) {
        return name.indexOf(0) < 0;
    }
}
