package dev.trainyard.job;

import java.util.List;

/**
 * What is known of one job after the fact, whoever tells it: the REST API or the simulation.
 *
 * @param status the last one seen
 * @param epochs that were asked for
 * @param savesWeights whether a success must publish a model: asked for, and the job is no verification of another
 * @param transitions in order, the submit first
 * @param epochEvents every epoch that was applied, in order
 * @param publishedBy attempt of each model version that came of this job
 */
public record JobHistory(
        String key,
        JobStatus status,
        int epochs,
        boolean savesWeights,
        List<Transition> transitions,
        List<Epoch> epochEvents,
        List<Integer> publishedBy) {

    /** @param from null for the submit */
    public record Transition(JobStatus from, JobStatus to, int attempt, String reason) {}

    /** An epoch as an attempt reported it. */
    public record Epoch(int attempt, int epoch) {}
}
