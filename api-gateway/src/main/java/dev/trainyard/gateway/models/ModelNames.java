package dev.trainyard.gateway.models;

/** Names of models as they come from clients. */
final class ModelNames {
    private ModelNames() {}

    /** Whether the database can look for it: PostgreSQL keeps no text with the character 0. */
    static boolean isStorable(String name) {
        return name.indexOf(0) < 0;
    }
}
