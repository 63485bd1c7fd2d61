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

    /** An end. Of these only a failure may be left again, when the owner asks for another attempt. */
    sealed interface Terminal extends JobState permits Succeeded, Failed, Cancelled {}

    /** A state from which the owner's wish to stop is honoured. */
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

    /** Held back by its owner; whatever was queued or ran of this attempt is fenced. */
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
        /** The owner wants another attempt; it goes on after the checkpoints that are there. */
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
