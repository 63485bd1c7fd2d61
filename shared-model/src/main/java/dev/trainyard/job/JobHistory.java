package dev.trainyard.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * History of a job for the {@link HistoryChecker}, collected from the REST API or the simulation.
 *
 * @param status last observed status
 * @param epochs configured number of epochs
 * @param savesWeights true if a success must publish a model: configured, and the job does not verify another one
 * @param transitions in order, starting with the submission
 * @param epochEvents all applied epochs, in order
 * @param publishedBy attempt of each model version published by this job
 */
public record JobHistory(
        String key,
        JobStatus status,
        int epochs,
        boolean savesWeights,
        List<Transition> transitions,
        List<Epoch> epochEvents,
        List<Integer> publishedBy) {

    /** @param from null for the submission */
    public record Transition(@Nullable JobStatus from, JobStatus to, int attempt, TransitionReason reason) {}

    /** An epoch reported by an attempt. */
    public record Epoch(int attempt, int epoch) {}
}
