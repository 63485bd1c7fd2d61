package dev.trainyard.gateway.retention;

/** What is deleted from the database, and what from the artifact store. */
public record RetentionPlans(Sweeper.Plan rows, Sweeper.Plan files) {}
