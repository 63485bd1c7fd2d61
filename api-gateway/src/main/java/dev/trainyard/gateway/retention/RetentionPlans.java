package dev.trainyard.gateway.retention;

/** The deletions in the database and in the artifact store. */
public record RetentionPlans(Sweeper.Plan rows, Sweeper.Plan files) {}
