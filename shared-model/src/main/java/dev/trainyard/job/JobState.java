package dev.trainyard.job;

import java.util.UUID;

/**
 * State of a job. Each state offers only its legal transitions, so that illegal ones do not compile. The store applies
 * them as conditional updates, so that the first terminal state wins.
 */
public sealed interface JobState {

    JobStatus status();

    /** Number of times the job was assigned to a worker, from 1. */
    int attempt();

    /** A final state. Only a failure may be left again, by a retry of the client. */
    sealed interface Terminal extends JobState permits Succeeded, Failed, Cancelled {}

    /** A state in which the client may cancel the job. */
    sealed interface Live extends JobState permits Queued, Running, Paused {
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

        public Paused pause() {
            return new Paused(attempt);
        }

        /** The record of this attempt was consumed but not claimed; a new attempt fences a late claim. */
        public Queued redispatch() {
            return new Queued(attempt + 1);
        }

        @Override
        public JobStatus status() {
            return JobStatus.QUEUED;
        }
    }

    /** Running on one worker under a lease; {@code token} fences off all others. */
    record Running(int attempt, UUID token) implements Live {
        public Running {
            requireAttempt(attempt);
            if (token == null) {
                throw new IllegalArgumentException("a running job has a lease token");
            }
        }

        public Paused pause() {
            return new Paused(attempt);
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

    /** Paused by the client; queued or running work of this attempt is fenced. */
    record Paused(int attempt) implements Live {
        public Paused {
            requireAttempt(attempt);
        }

        public Queued resume() {
            return new Queued(attempt + 1);
        }

        @Override
        public JobStatus status() {
            return JobStatus.PAUSED;
        }
    }

    record Succeeded(int attempt) implements Terminal {
        @Override
        public JobStatus status() {
            return JobStatus.SUCCEEDED;
        }
    }

    record Failed(int attempt, FailureCode code) implements Terminal {
        /** The client retries the job; the new attempt resumes from existing checkpoints. */
        public Queued retry() {
            return new Queued(attempt + 1);
        }

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
