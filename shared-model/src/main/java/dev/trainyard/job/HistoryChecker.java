package dev.trainyard.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the guarantees of the job engine; shared by the simulation, the system tests and the chaos runs. */
public final class HistoryChecker {
    private HistoryChecker() {}

    /** Returns one sentence per violation. The platform must be at rest and the job should have ended. */
    public static List<String> violations(JobHistory job) {
        List<String> wrong = new ArrayList<>();
        if (job.transitions().isEmpty()) {
            return List.of("job %s was accepted and is not known".formatted(job.key()));
        }
        endsOnce(job, wrong);
        chains(job, wrong);
        appliesOnce(job, wrong);
        publishesOnce(job, wrong);
        return wrong;
    }

    /** Checks for one terminal state, followed by nothing but a retry of a failure, and that only a promotion ends a hold. */
    private static void endsOnce(JobHistory job, List<String> wrong) {
        if (!job.status().isTerminal()) {
            say(wrong, job, "never ended: it is " + job.status().wireName());
        }
        for (int i = 0; i + 1 < job.transitions().size(); i++) {
            JobHistory.Transition end = job.transitions().get(i);
            JobHistory.Transition next = job.transitions().get(i + 1);
            boolean retried = end.to() == JobStatus.FAILED && next.reason() == TransitionReason.RETRIED_BY_CLIENT;
            if (end.to().isTerminal() && !retried) {
                say(wrong, job, "left the terminal state %s for %s".formatted(end.to(), next.to()));
            }
            boolean promoted = next.reason() == TransitionReason.PROMOTED;
            if (end.reason() == TransitionReason.RUNG && !promoted && !next.to().isTerminal()) {
                say(wrong, job, "was held and left that for %s because of %s".formatted(next.to(), next.reason()));
            }
        }
    }

    /** Checks that transitions form a chain that ends in the job's status, and that attempts never decrease. */
    private static void chains(JobHistory job, List<String> wrong) {
        JobStatus at = null;
        int attempt = 0;
        for (JobHistory.Transition step : job.transitions()) {
            if (step.from() != at) {
                say(wrong, job, "went from %s to %s while it was %s".formatted(step.from(), step.to(), at));
            }
            if (step.attempt() < attempt) {
                say(wrong, job, "went back from attempt %d to %d".formatted(attempt, step.attempt()));
            }
            boolean started = step.to() == JobStatus.RUNNING;
            if (started && step.from() != JobStatus.QUEUED) {
                say(wrong, job, "was started from " + step.from());
            }
            at = step.to();
            attempt = step.attempt();
        }
        if (at != job.status()) {
            say(wrong, job, "has status %s but its history ends with %s".formatted(job.status(), at));
        }
    }

    private static void appliesOnce(JobHistory job, List<String> wrong) {
        Set<JobHistory.Epoch> seen = new HashSet<>();
        Set<Integer> numbers = new HashSet<>();
        int attempt = 0;
        for (JobHistory.Epoch epoch : job.epochEvents()) {
            if (!seen.add(epoch)) {
                say(wrong, job, "applied epoch %d of attempt %d twice".formatted(epoch.epoch(), epoch.attempt()));
            }
            if (epoch.attempt() < attempt) {
                say(wrong, job, "applied an epoch of attempt %d after one of %d".formatted(epoch.attempt(), attempt));
            }
            attempt = epoch.attempt();
            numbers.add(epoch.epoch());
        }
        if (job.status() == JobStatus.SUCCEEDED && numbers.size() != job.epochs()) {
            say(wrong, job, "succeeded with %d of %d epochs".formatted(numbers.size(), job.epochs()));
        }
    }

    private static void publishesOnce(JobHistory job, List<String> wrong) {
        int winner = job.transitions().get(job.transitions().size() - 1).attempt();
        if (job.publishedBy().size() > 1) {
            say(wrong, job, "published %d models".formatted(job.publishedBy().size()));
        }
        if (job.savesWeights()
                && job.status() == JobStatus.SUCCEEDED
                && job.publishedBy().isEmpty()) {
            say(wrong, job, "succeeded and published no model");
        }
        if (!job.savesWeights() && !job.publishedBy().isEmpty()) {
            say(wrong, job, "published a model that it was not to publish");
        }
        if (!job.publishedBy().isEmpty() && job.status() != JobStatus.SUCCEEDED) {
            say(wrong, job, "published a model and is " + job.status());
        }
        if (job.publishedBy().stream().anyMatch(by -> by != winner)) {
            say(wrong, job, "published the model of attempt %s, not of %d".formatted(job.publishedBy(), winner));
        }
    }

    private static void say(List<String> wrong, JobHistory job, String what) {
        wrong.add("job %s %s".formatted(job.key(), what));
    }
}
