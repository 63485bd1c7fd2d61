package dev.trainyard.gateway.scheduling;

import java.util.List;

/**
 * The waiting jobs of a project in one pool.
 *
 * @param weight share of the trainers relative to other projects, from 1
 * @param served virtual time at which the project has used its share of the pool
 * @param startable number of jobs that the project's quota lets start now
 * @param jobs the first ones in the order in which the project runs them: by priority, then by submission
 */
public record ProjectQueue(String project, int weight, long served, int startable, List<WaitingJob> jobs) {}
