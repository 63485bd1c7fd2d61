package dev.trainyard.gateway.scheduling;

import java.time.Instant;
import java.util.UUID;

/**
 * A running attempt of a job.
 *
 * @param priority 0 to 100
 * @param claimedAt when the attempt started
 * @param number job number
 */
public record RunningJob(
        UUID key,
        int attempt,
        String worker,
        String pool,
        String project,
        int priority,
        Instant claimedAt,
        long number) {}
