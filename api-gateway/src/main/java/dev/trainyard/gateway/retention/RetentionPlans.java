package dev.trainyard.gateway.retention;

/** Deletions in the database and in the artifact store. */
public record RetentionPlans(Sweeper.Plan rows, Sweeper.Plan files) {}
