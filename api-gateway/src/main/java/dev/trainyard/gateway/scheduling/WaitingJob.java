package dev.trainyard.gateway.scheduling;

import java.time.Instant;
import java.util.UUID;

/**
 * A job that waits for a trainer.
 *
 * @param priority 0 to 100, higher first
 * @param number job number, which increases with each submission
 */
public record WaitingJob(UUID key, int priority, Instant queuedAt, long number) {}
