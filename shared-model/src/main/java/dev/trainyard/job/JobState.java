package dev.trainyard.job;

import java.util.UUID;

/**
 * The life of a job. Each state offers only the transitions that are legal from it, so that an illegal one does not
 * compile; the store applies them as conditional updates, so the first terminal state wins.
 */
public sealed interface JobState {

    JobStatus status();

    /** How often the job was handed to a worker, from 1. */
    int attempt();

    /** A state that never changes again. */
    sealed interface Terminal extends JobState permits Succeeded, Failed, Cancelled {}

    /** A state from which the owner's wish to stop is honoured. */
    sealed interface Live extends JobState permits Queued, Running {
        default Cancelled cancel() {
            return new Cancelled(attempt());
        }

        default Failed fail(FailureCode code) {
            return new Failed(attempt(), code);
        }
    }

    /** Waiting for a worker to claim this attempt. */
    record Queued(int attempt) implements Live {
        public Queued {
            requireAttempt(attempt);
        }

        public static Queued first() {
            return new Queued(1);
        }

        public Running claim(UUID token) {
            return new Running(attempt, token);
        }

        /** The record of this attempt was consumed but nobody claimed it: a new attempt fences a late claim. */
        public Queued redispatch() {
            return new Queued(attempt + 1);
        }

        @Override
        public JobStatus status() {
            return JobStatus.QUEUED;
        }
    }

    /** Held by one worker under a lease; {@code token} is the fence against every other. */
    record Running(int attempt, UUID token) implements Live {
        public Running {
            requireAttempt(attempt);
            if (token == null) {
                throw new IllegalArgumentException("a running job has a lease token");
            }
        }

        public Succeeded succeed() {
            return new Succeeded(attempt);
        }

        /** The worker was lost or drained; the next attempt resumes from the last checkpoint. */
        public Queued requeue() {
            return new Queued(attempt + 1);
        }

        @Override
        public JobStatus status() {
            return JobStatus.RUNNING;
        }
    }

    record Succeeded(int attempt) implements Terminal {
        @Override
        public JobStatus status() {
            return JobStatus.SUCCEEDED;
        }
    }

    record Failed(int attempt, FailureCode code) implements Terminal {
        @Override
        public JobStatus status() {
            return JobStatus.FAILED;
        }
    }

    record Cancelled(int attempt) implements Terminal {
        @Override
        public JobStatus status() {
            return JobStatus.CANCELLED;
        }
    }

    private static void requireAttempt(int attempt) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempts count from 1, not " + attempt);
        }
    }
}
